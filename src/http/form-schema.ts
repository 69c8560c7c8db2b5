import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { foldField, isFieldName, kindOf, type FieldName } from '../domain/form-fields.ts';
import { FormRefused, Refused } from '../domain/refused.ts';

/**
 * Shape of a form: which fields, how long. What a value means is judged by the domain, which says the
 * reason; unknown fields are dropped before (a closed list is what stops mass assignment).
 */
const ajv = new Ajv2020({ allErrors: true, strict: true });
const compiled = new WeakMap<object, ValidateFunction>();

/**
 * @param called - what the page calls a field, where not by its name: the text of the refusal follows it
 * @throws FormRefused field.required, field.invalid, one for each field, in the order of the schema's
 */
export function checkForm(
  schema: FieldSchema,
  values: Readonly<Record<string, string>>,
  called: Readonly<Record<string, string>> = {},
): void {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  const filled = Object.fromEntries(Object.entries(values).filter(([name, value]) => !isEmpty(name, value)));
  if (validate(filled)) return;
  const problems = new Map<string, Refused>();
  for (const error of validate.errors ?? []) {
    const field = fieldOf(error);
    if (problems.has(field)) continue;
    const code = error.keyword === 'required' ? 'field.required' : 'field.invalid';
    problems.set(field, new Refused(code, field, { reason: called[field] ?? field }));
  }
  throw new FormRefused(inOrder(schema, [...problems.values()]));
}

/** Whether nothing is left of what was typed: spaces, or signs that nobody sees. */
function isEmpty(name: string, value: string): boolean {
  return (isFieldName(name) ? foldField(name, value) : value).trim() === '';
}

/** As the page has its fields; what concerns none of them comes first, what the schema does not know last. */
function inOrder({ properties }: Pick<FieldSchema, 'properties'>, refusals: readonly Refused[]): readonly Refused[] {
  const order = Object.keys(properties);
  const place = ({ field }: Refused) => (field === undefined ? -1 : order.includes(field) ? order.indexOf(field) : order.length);
  return refusals.toSorted((a, b) => place(a) - place(b));
}

/**
 * Shape and meaning of a form at once, so that nobody mends it one field at a time. A field of the wrong shape
 * is refused for that alone.
 *
 * @param judge - what the domain says of the values
 * @param called - as for `checkForm`
 * @throws FormRefused, in the order of the schema's fields
 */
export function checkFormAnd<T>(
  schema: FieldSchema,
  values: Readonly<Record<string, string>>,
  judge: () => T,
  called: Readonly<Record<string, string>> = {},
): T {
  const shape = judged(() => checkForm(schema, values, called));
  const meaning = judged(judge);
  if (shape.refusals.length === 0 && 'result' in meaning) return meaning.result;
  const problems = new Map([...meaning.refusals, ...shape.refusals].map((refused) => [refused.field, refused]));
  throw new FormRefused(inOrder(schema, [...problems.values()]));
}

/**
 * Two judgements of one form, so that nobody mends one thing only to be told of the next.
 *
 * @throws Refused for one thing that is wrong, FormRefused for several
 */
export function both<A, B>(first: () => A, second: () => B): readonly [A, B] {
  const [one, other] = [judged(first), judged(second)];
  if ('result' in one && 'result' in other) return [one.result, other.result];
  const refusals = [...one.refusals, ...other.refusals];
  throw refusals.length === 1 ? refusals[0] : new FormRefused(refusals);
}

type Judged<T> = { readonly refusals: readonly Refused[]; readonly result: T } | { readonly refusals: readonly Refused[] };

function judged<T>(judge: () => T): Judged<T> {
  try {
    return { refusals: [], result: judge() };
  } catch (error) {
    if (error instanceof FormRefused) return { refusals: error.refusals };
    if (error instanceof Refused) return { refusals: [error] };
    throw error;
  }
}

function fieldOf(error: ErrorObject): string {
  const missing = (error.params as { missingProperty?: string }).missingProperty;
  return missing ?? error.instancePath.slice(1);
}

/** Properties in the order of the page. */
export interface FieldSchema {
  readonly type: 'object';
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
}

/**
 * Schema of the text fields of a form, each as long as its kind may be.
 *
 * @param fields - in the order of the page
 * @param required - those that must be filled; all by default
 */
export function textFields(fields: readonly FieldName[], required: readonly FieldName[] = fields): FieldSchema {
  const shapeOf = (field: FieldName) => ({ type: 'string', minLength: 1, maxLength: kindOf(field).room });
  return { type: 'object', required, properties: Object.fromEntries(fields.map((field) => [field, shapeOf(field)])) };
}
