import type { ColumnType } from 'kysely';

/** Columns as tables.ts puts them together: SQL type and nullability, and the JavaScript type for the stores. */
export interface Column<Js> {
  /** As information_schema.columns.data_type names it. */
  readonly type: string;
  readonly nullable: boolean;
  /** Carries the type only; never set. */
  readonly js?: Js;
}

export const column = <Js>(type: string): Column<Js> => ({ type, nullable: false });
export const nullable = <Js>(of: Column<Js>): Column<Js | null> => ({ type: of.type, nullable: true });

export const uuid = column<string>('uuid');
export const bytes = column<Buffer>('bytea');
export const moment = column<Date>('timestamp with time zone');
export const flag = column<boolean>('boolean');
export const integer = column<number>('integer');
export const bigint = column<number>('bigint');
export const text = <Js extends string = string>(): Column<Js> => column<Js>('text');
/** Written as text, so that both drivers send the same; read as the parsed value. */
export const json = <Js>(): Column<ColumnType<Js, string, string>> => column<ColumnType<Js, string, string>>('jsonb');
