import type { Link, ProgressModel } from '../../src/http/page-model.ts';

/** The page `layout/result`: how something ended and where to go on. */
export interface ResultModel {
  readonly outcome: 'done' | 'pending' | 'failed';
  readonly title: string;
  readonly text: string;
  readonly next: Link;
  readonly secondary?: readonly Link[];
  /** Of the wizard that ended. */
  readonly progress?: ProgressModel;
}
