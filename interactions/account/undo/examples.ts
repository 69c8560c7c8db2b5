import type { FieldName } from '../../../src/domain/form-fields.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import { Refused } from '../../../src/domain/refused.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import type { Example } from '../../journey.ts';
import { nowhere, sampleAct, sampleForm, several, unfilled, zhangwei, type SampleForm } from '../../layout/samples.ts';
import { undoModel, type ReturnModel, type ReturnWay, type UndoFacts } from './pages.ts';

const madeAt = new Date('2026-11-22T02:03:00Z');
const mobile = { act: 'mobile.change', madeAt } as const;

function undo(state: string, facts: Partial<UndoFacts>): Example {
  const all: UndoFacts = { state: 'open', changes: [mobile], form: sampleAct, returnHref: nowhere, ...facts };
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
  giveBack('mobile-taken', 'document', { code: 'sent', refused: new Refused('mobile.taken', undefined, { reason: 'undo' }) }),
];
