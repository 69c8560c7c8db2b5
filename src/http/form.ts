import { createHmac } from 'node:crypto';
import { bodyParser } from '@koa/bodyparser';
import type { CaptchaAnswer } from '../domain/authenticator/captcha.ts';
import type { FieldKind } from '../domain/folding.ts';
import { kindOf, type FieldName } from '../domain/form-fields.ts';
import { FormRefused, Refused } from '../domain/refused.ts';
import type { AppContext, Next } from './app-context.ts';
import { equal } from './cookies.ts';
import type { FieldModel, FormModel, Locale, ProblemModel } from './page-model.ts';
import { isFromElsewhere } from './same-origin.ts';
import type { Words } from './words.ts';

/**
 * Forms of our pages: a signed token bound to the browser, the page and (in wizards) the revision of
 * the draft, besides what the browser tells of who made it send them. Works without scripts.
 */

/** Only small url-encoded bodies; anything else is refused before a handler runs. */
export function formBody() {
  const parse = bodyParser({
    enableTypes: ['form'],
    formLimit: '64kb',
    onError(error) {
      throw new Refused((error as { status?: number }).status === 413 ? 'form.too-large' : 'form.malformed');
    },
  });
  return async (ctx: AppContext, next: Next): Promise<void> => {
    if (ctx.method === 'POST' && !ctx.is('application/x-www-form-urlencoded')) throw new Refused('form.malformed');
    await parse(ctx, next as Parameters<typeof parse>[1]);
  };
}

export interface SubmittedForm {
  /** Text fields of the page; repeated ones are refused. */
  readonly values: Readonly<Record<string, string>>;
  readonly captcha: CaptchaAnswer;
  /** Revision of the draft the page was made from; 0 outside wizards. */
  readonly revision: number;
  /** The script on the page asked, not the browser itself. */
  readonly wantsJson: boolean;
}

export interface FormTokens {
  /** Value of the hidden field `_form`. `scope` names the page: its path. */
  issue(ctx: AppContext, scope: string, revision?: number): string;
  /** @throws Refused form.forged */
  check(ctx: AppContext, scope: string, token: string | undefined): number;
}

export function createFormTokens({ key, issuer }: { key: string; issuer: string }): FormTokens {
  const { origin } = new URL(issuer);
  const mac = (seed: string, scope: string, revision: number) =>
    createHmac('sha256', key).update(`form|${seed}|${scope}|${revision}`).digest('base64url');
  return {
    issue: (ctx, scope, revision = 0) => `${revision}.${mac(ctx.state.seed, scope, revision)}`,
    check(ctx, scope, token) {
      if (isFromElsewhere(ctx, origin)) throw new Refused('form.forged');
      const [revision = '', signature = ''] = (token ?? '').split('.');
      if (!/^\d{1,9}$/.test(revision)) throw new Refused('form.forged');
      if (!equal(signature, mac(ctx.state.seed, scope, Number(revision)))) throw new Refused('form.forged');
      return Number(revision);
    },
  };
}

const ownFields = new Set(['_form', 'captcha', 'captchaId', 'captchaProof']);

/** What the form under way answered to a captcha; nothing outside forms. */
export function captchaIn(ctx: AppContext): CaptchaAnswer {
  const { captchaId, captcha, captchaProof } = bodyOf(ctx);
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { browser: ctx.state.seed, id: text(captchaId), answer: text(captcha), proof: text(captchaProof) };
}

function bodyOf(ctx: AppContext): Readonly<Record<string, unknown>> {
  return (ctx.request as { body?: Record<string, unknown> }).body ?? {};
}

/** The submitted form, its token checked. */
export function readForm(ctx: AppContext, tokens: FormTokens, scope: string): SubmittedForm {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(bodyOf(ctx))) {
    if (typeof value !== 'string') throw new Refused('form.malformed');
    values[name] = value;
  }
  const revision = tokens.check(ctx, scope, values._form);
  return {
    values: Object.fromEntries(Object.entries(values).filter(([name]) => !ownFields.has(name))),
    captcha: captchaIn(ctx),
    revision,
    wantsJson: ctx.accepts(['html', 'json']) === 'json',
  };
}

/** Refusals as the page says them; a more exact text is used where the reason has one. */
export function problemsOf(words: Words, locale: Locale, error: unknown): readonly ProblemModel[] {
  const refusals = error instanceof FormRefused ? error.refusals : error instanceof Refused ? [error] : [];
  return refusals.map((refused) => {
    const reasoned = `${refused.code}.${String(refused.params.reason ?? '')}`;
    const exact = refused.params.reason !== undefined && words.has(`refused.${reasoned}`) ? reasoned : refused.code;
    return { code: refused.code, exact, field: refused.field, text: words.text(locale, `refused.${exact}`, refused.params) };
  });
}

/** Never sent back to the page. A one-time code is: it is worth nothing elsewhere, and whoever mends another field has it still. */
const secrets = /password/i;

/** What the page looks at by itself, and how it reads it. */
function checkedByPage(name: FieldName): Pick<FieldModel, 'fold' | 'pattern'> {
  const { fold, pattern, compared }: FieldKind = kindOf(name);
  return { fold: pattern !== undefined || compared ? JSON.stringify(fold) : undefined, pattern };
}

/** The fields of a page with what was typed and what is wrong with it. */
export function fieldsOf(
  names: readonly FieldName[],
  values: Readonly<Record<string, string>>,
  problems: readonly ProblemModel[],
): FormModel['fields'] {
  return Object.fromEntries(
    names.map((name): [string, FieldModel] => [
      name,
      {
        name,
        ...checkedByPage(name),
        value: secrets.test(name) ? '' : (values[name] ?? ''),
        problem: problems.find((problem) => problem.field === name),
      },
    ]),
  );
}
