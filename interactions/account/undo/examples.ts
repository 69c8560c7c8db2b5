import type { FieldName } from '../../../src/domain/form-fields.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import { Refused } from '../../../src/domain/refused.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import type { Example } from '../../journey.ts';
import { nowhere, sampleAct, sampleForm, several, unfilled, zhangwei, type SampleForm } from '../../layout/samples.ts';
import { confirmModel, type ConfirmModel } from '../../confirm-change.ts';
import { undoModel, type ReturnModel, type ReturnWay, type UndoFacts } from './pages.ts';

const madeAt = new Date('2026-11-22T02:03:00Z');
const mobile = { act: 'mobile.change', madeAt } as const;

function undo(state: string, facts: Partial<UndoFacts>): Example {
  const all: UndoFacts = { state: 'open', changes: [mobile], form: sampleAct, returnHref: nowhere, confirmable: undefined, ...facts };
  return { view: 'account/undo/undo', state, model: (scene) => undoModel(scene, all) };
}

const fields: Readonly<Record<ReturnWay, readonly FieldName[]>> = {
  document: ['documentNumber', 'code'],
  password: ['password', 'code'],
  session: ['code'],
};

function giveBack(state: string, way: ReturnWay, form: Partial<SampleForm> = {}, byEmail = false): Example {
  const other = way === 'document' ? 'password' : 'document';
  return {
    view: 'account/undo/return',
    state,
    model: (scene): ReturnModel => ({
      way,
      form: sampleForm(scene, { fields: fields[way], code: 'unsent', ...form }),
      channel: maskedModel(scene.words, scene.locale, byEmail ? mask.email('zhangwei@example.cn') : mask.mobile(zhangwei.mobile)),
      byEmail,
      other: way === 'session' ? undefined : { way: other, href: nowhere },
      back: nowhere,
    }),
  };
}

interface Confirming extends Partial<SampleForm> {
  readonly asksPassword?: boolean;
  readonly stopped?: boolean;
  readonly isContested?: boolean;
  readonly thing?: 'mobile' | 'totp' | 'none';
}

function confirmed(
  state: string,
  { asksPassword = false, stopped = false, isContested = false, thing = 'mobile', ...form }: Confirming = {},
): Example {
  const act = thing === 'totp' ? 'totp.set-up' : 'mobile.change';
  return {
    view: 'layout/confirm-change',
    state,
    model: (scene): ConfirmModel =>
      confirmModel(scene, {
        stopped,
        one: thing === 'none' ? undefined : { thing, changes: [{ act, madeAt }], from: new Date('2026-11-22T06:03:00Z') },
        back: { href: nowhere, label: scene.say('layout.back') },
        ...(!isContested && {
          asked: {
            form: sampleForm(scene, { fields: ['code'], code: 'unsent', ...form }),
            mobile: maskedModel(scene.words, scene.locale, mask.mobile(zhangwei.mobile)),
            password: asksPassword,
          },
        }),
      }),
  };
}

export const examples: readonly Example[] = [
  undo('open', {}),
  undo('frozen', { state: 'frozen' }),
  undo('frozen-with-others', {
    state: 'frozen',
    changes: [
      mobile,
      { act: 'email.change', madeAt },
      { act: 'username.change', madeAt },
      { act: 'password.recover', madeAt },
      { act: 'passkey.add', madeAt },
      { act: 'totp.set-up', madeAt },
    ],
  }),
  undo('frozen-signed-in', { state: 'frozen', confirmable: ['username', 'password', 'spent'] }),
  undo('frozen-passkey-and-totp', { state: 'frozen', confirmable: ['email', 'passkey', 'totp'] }),
  undo('frozen-mobile', { state: 'frozen', confirmable: ['mobile'] }),
  undo('frozen-without-a-way', { state: 'frozen', confirmable: [] }),
  undo('confirmed', { state: 'confirmed', changes: [] }),
  undo('returned', { state: 'returned', changes: [] }),
  giveBack('document', 'document'),
  giveBack('document-sent', 'document', { code: 'sent' }),
  giveBack('nothing-filled', 'document', { refused: several(unfilled('documentNumber'), unfilled('code')) }),
  giveBack('document-wrong', 'document', {
    code: 'sent',
    refused: new Refused('identity.mismatch', 'documentNumber', { reason: 'document' }),
  }),
  giveBack('password', 'password'),
  giveBack('password-wrong', 'password', { code: 'sent', refused: new Refused('credentials.wrong', 'password', { reason: 'confirm' }) }),
  giveBack('signed-in', 'session'),
  giveBack('by-email', 'session', {}, true),
  confirmed('signed-in'),
  confirmed('password', { asksPassword: true, fields: ['password', 'code'] }),
  confirmed('password-wrong', {
    asksPassword: true,
    fields: ['password', 'code'],
    code: 'sent',
    refused: new Refused('credentials.wrong', 'password', { reason: 'confirm' }),
  }),
  confirmed('code-known', { code: undefined, fields: [] }),
  confirmed('nothing-filled', { refused: unfilled('code') }),
  confirmed('mobile-taken', { code: 'sent', refused: new Refused('mobile.taken', undefined, { reason: 'confirm' }) }),
  confirmed('contested', { isContested: true }),
  confirmed('totp-at-sign-in', { stopped: true, thing: 'totp' }),
  confirmed('nothing', { isContested: true, thing: 'none' }),
  giveBack('mobile-taken', 'document', { code: 'sent', refused: new Refused('mobile.taken', undefined, { reason: 'undo' }) }),
];
