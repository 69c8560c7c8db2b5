import type { Link, ProgressModel } from '../../src/http/page-model.ts';

/** The page `layout/result`: how something ended and where to go on. */
export interface ResultModel {
  readonly outcome: 'done' | 'pending' | 'failed';
  readonly title: string;
  readonly text: string;
  readonly next: Link;
  readonly secondary?: readonly Link[];
  /** Seconds after which a browser with scripts goes on by itself, unless it is told to stay (WCAG 2.2.1). */
  readonly leavesIn?: number;
  /** Of the wizard that ended. */
  readonly progress?: ProgressModel;
}
