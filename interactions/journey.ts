import type Router from '@koa/router';
import type { AppState } from '../src/http/app-context.ts';
import type { Profile } from '../src/domain/policy.ts';
import type { CaptchaModel, Locale } from '../src/http/page-model.ts';
import type { Page } from '../src/http/page.ts';
import type { Say, Words } from '../src/http/words.ts';

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
  readonly model: (scene: ExampleScene) => object;
  /** The waiting service, where the page shows one. */
  readonly service?: (locale: Locale) => Page['service'];
  /** Whose page it is, masked. */
  readonly user?: Page['user'];
}

/** What the models of examples are made from: the deployment's own data, in the language asked for. */
export interface ExampleScene {
  readonly locale: Locale;
  readonly words: Words;
  readonly say: Say;
  readonly profile: Profile;
  /** A captcha that is really there. */
  readonly captcha: CaptchaModel;
}
