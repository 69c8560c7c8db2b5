import { bodyParser } from '@koa/bodyparser';
import type { CaptchaAnswer } from '../domain/authenticator/captcha.ts';
import type { FieldKind } from '../domain/folding.ts';
import { isFieldName, isSecret, kindOf, type FieldName } from '../domain/form-fields.ts';
import { FormRefused, Refused } from '../domain/refused.ts';
import type { AppContext, Next } from './app-context.ts';
import type { FormTokens } from './form-token.ts';
import type { FieldModel, FormModel, Locale, ProblemModel } from './page-model.ts';
import type { Words } from './words.ts';

/** Forms of our pages, as they come back: their body, their token (form-token.ts), what is wrong with them. */

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

const ownFields = new Set(['_form', 'captcha', 'captchaId', 'captchaProof']);

/** Value of the button that asks for another captcha: the one that came with the form is let go. */
export const renewedCaptcha = 'captcha';

/** What the form under way answered to a captcha; nothing outside forms. */
export function captchaIn(ctx: AppContext): CaptchaAnswer {
  const { captchaId, captcha, captchaProof, renew } = bodyOf(ctx);
  if (renew === renewedCaptcha) return { browser: ctx.state.seed, id: undefined, answer: undefined, proof: undefined };
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { browser: ctx.state.seed, id: text(captchaId), answer: text(captcha), proof: text(captchaProof) };
}

function bodyOf(ctx: AppContext): Readonly<Record<string, unknown>> {
  return (ctx.request as { body?: Record<string, unknown> }).body ?? {};
}

/** A form that does nothing as it came: its page is shown again, with a new token and what was typed. */
export class FormReturned extends Refused {
  readonly form: SubmittedForm;
  /** A page of somebody else sent it. */
  readonly foreign: boolean;

  constructor(code: 'form.stale' | 'form.forged', form: SubmittedForm, foreign = false) {
    super(code);
    // A code that was typed into a page of yesterday, or of nobody knows whom, is typed again.
    this.form = { ...form, values: withoutSecrets(form.values) };
    this.foreign = foreign;
  }
}

function withoutSecrets(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !(isFieldName(name) && isSecret(name))));
}

/** What was typed into fields of ours and proves nothing, of a form that nobody could take. */
export function typedInto(ctx: AppContext): Readonly<Record<string, string>> {
  const typed = Object.entries(sentFields(ctx)).filter(([name, value]) => isFieldName(name) && value !== '');
  return withoutSecrets(Object.fromEntries(typed));
}

/**
 * The submitted form, its token checked.
 *
 * @throws FormReturned when it was not made for this browser and page, or for an earlier session
 * @throws Refused session.other when it was made for another account; form.malformed
 */
export async function readForm(ctx: AppContext, tokens: FormTokens, scope: string): Promise<SubmittedForm> {
  const { _form: token, ...sent } = sentFields(ctx);
  const form = {
    values: Object.fromEntries(Object.entries(sent).filter(([name]) => !ownFields.has(name))),
    captcha: captchaIn(ctx),
    revision: 0,
    wantsJson: ctx.accepts(['html', 'json']) === 'json',
  };
  const verdict = tokens.judge(ctx, scope, token);
  switch (verdict.is) {
    case 'ours':
      return { ...form, revision: verdict.revision };
    case 'of-another':
      throw await tokens.ofAnother(verdict.accountId);
    case 'old':
      throw new FormReturned('form.stale', form);
    case 'unknown':
      throw new FormReturned('form.forged', form);
    case 'foreign':
      // What another site wrote into it must not stand in our page as if the person had typed it.
      throw new FormReturned('form.forged', { ...form, values: {} }, true);
  }
}

/** The token of what was sent, whatever is to be thought of it: of a form, or of the page whose script asks. */
export function sentToken(ctx: AppContext): string | undefined {
  const { _form: sent } = bodyOf(ctx);
  return typeof sent === 'string' ? sent : ctx.get(formHeader) || undefined;
}

/** Of the requests that the script of a page makes besides its form. */
const formHeader = 'X-Form';

/** @throws Refused form.malformed when a field comes twice */
function sentFields(ctx: AppContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bodyOf(ctx)).map(([name, value]) => {
      if (typeof value !== 'string') throw new Refused('form.malformed');
      return [name, value];
    }),
  );
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
