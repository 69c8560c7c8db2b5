import type Router from '@koa/router';
import type { AppState } from '../src/http/app-context.ts';
import type { Locale } from '../src/http/page-model.ts';
import type { Page } from '../src/http/page.ts';

/** A journey: a set of pages with one purpose, under one path. Journeys never import each other. */
export interface Journey {
  /** Folder, namespace of its words, first path segment. */
  readonly name: string;
  /** Adds its routes; runs once at start. */
  readonly routes: (router: Router<AppState>) => void;
}

/** A page in one state, for the gallery and for the test that renders everything. */
export interface Example {
  readonly view: string;
  /** State in words: `empty`, `wrong-password` … */
  readonly state: string;
  /** Model of the page in this state; `say` gives the words of the language asked for. */
  /** The waiting service, where the page shows one. */
  readonly service?: (locale: Locale) => Page['service'];
  /** Whose page it is, masked. */
  readonly user?: Page['user'];
  readonly model: (say: (key: string, params?: Readonly<Record<string, string | number>>) => string) => object;
}
