import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { configurationDocument } from '../../src/config/document.ts';
import { readSchema } from '../../src/config/schema.ts';
import type { PropertySchema } from '../../src/config/schema.ts';

/** Paths of all properties that nobody described. */
function undescribed(schema: PropertySchema, path: string): readonly string[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...(property.description ? [] : [`${path}.${name}`]),
    ...undescribed(property, `${path}.${name}`),
  ]);
  return schema.items ? [...below, ...undescribed(schema.items, `${path}[]`)] : below;
}

describe('docs/configuration.md', () => {
  it('is what the schemas and profiles say; `npm run docs` makes it so', () => {
    expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationDocument());
  });

  it.each(['environment.schema.json', 'profile.schema.json', 'clients.schema.json'])('has a sentence for every property of %s', (file) => {
    const schema = readSchema(file);
    const parts = [schema, ...Object.values(schema.$defs ?? {})];
    expect(parts.flatMap((part) => undescribed(part, file))).toEqual([]);
  });
});
