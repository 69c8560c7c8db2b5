import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { FormRefused, Refused } from '../domain/refused.ts';

/**
 * Shape of a form: which fields, how long. What a value means is judged by the domain, which says the
 * reason; unknown fields are dropped before (a closed list is what stops mass assignment).
 */
const ajv = new Ajv2020({ allErrors: true, strict: true });
const compiled = new WeakMap<object, ValidateFunction>();

/** @throws FormRefused field.required, field.invalid, one for each field */
export function checkForm(schema: object, values: Readonly<Record<string, string>>): void {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  const filled = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
  if (validate(filled)) return;
  const problems = new Map<string, Refused>();
  for (const error of validate.errors ?? []) {
    const field = fieldOf(error);
    if (problems.has(field)) continue;
    problems.set(field, new Refused(error.keyword === 'required' ? 'field.required' : 'field.invalid', field));
  }
  throw new FormRefused([...problems.values()]);
}

function fieldOf(error: ErrorObject): string {
  const missing = (error.params as { missingProperty?: string }).missingProperty;
  return missing ?? error.instancePath.slice(1);
}

/** Schema of text fields by their greatest length; those in `required` must be filled. */
export function textFields(lengths: Readonly<Record<string, number>>, required: readonly string[] = Object.keys(lengths)): object {
  return {
    type: 'object',
    required,
    properties: Object.fromEntries(
      Object.entries(lengths).map(([name, maxLength]) => [name, { type: 'string', minLength: 1, maxLength }]),
    ),
  };
}
