import { mask } from '../../src/domain/person/masking.ts';
import { Refused } from '../../src/domain/refused.ts';
import { momentText } from '../../src/http/moment.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { Example, ExampleScene } from '../journey.ts';
import {
  housingFund,
  interaction,
  longService,
  nowhere,
  sampleAct,
  sampleForm,
  unfilled,
  zhangwei,
  type SampleForm,
} from '../layout/samples.ts';
import { levelsModel } from './levels.ts';
import { bar, provedModel, type PasskeyModel, type PasswordModel, type VerifyModel } from './pages.ts';

const base = `${interaction}/step-up`;
const back = ({ say }: ExampleScene) => ({ href: base, label: say('layout.back') });

interface Held {
  readonly evidence: readonly string[];
  readonly amr: readonly string[];
}

/** The rung, or the highest where the city has no such one. */
function rungOf({ profile }: ExampleScene, acr: string) {
  const ladder = profile.ladders.person;
  const rung = ladder.find((candidate) => candidate.acr === acr) ?? ladder.at(-1);
  if (!rung) throw new Error('a ladder has rungs');
  return rung;
}

function levels(
  state: string,
  acr: string,
  { evidence, amr }: Held,
  { service = housingFund, essential = true, settling = false } = {},
): Example {
  return {
    view: 'step-up/levels',
    state,
    service,
    model: (scene) => {
      const { profile } = scene;
      const model = levelsModel(scene, {
        service: service(scene.locale).name,
        target: rungOf(scene, acr),
        facts: { ladder: profile.ladders.person, evidence: new Set(evidence), amr: new Set(amr), methods: new Set(profile.proofing) },
        essential,
        methods: profile.proofing.map((name) => ({ name, needsPerson: name !== 'real-name' })),
        base,
        personKnown: evidence.includes('real-name'),
        password: settling
          ? { amr: 'sms', until: momentText(scene.locale, new Date('2026-11-23T02:03:00Z')) }
          : { amr: 'pwd', until: undefined },
        passkey: profile.authenticators.passkey && !settling ? { amr: 'hwk', until: undefined } : undefined,
        form: sampleAct,
      });
      return model;
    },
  };
}

function verify(state: string, form: Partial<SampleForm> = {}): Example {
  return {
    view: 'step-up/verify',
    state,
    service: housingFund,
    model: (scene): VerifyModel => ({
      progress: bar(scene.say, 'real-name', 0),
      form: sampleForm(scene, { fields: ['code'], code: 'unsent', ...form }),
      mobile: maskedModel(scene.words, scene.locale, mask.mobile(zhangwei.mobile)),
      back: back(scene),
    }),
  };
}

function password(state: string, refused?: Refused): Example {
  return {
    view: 'step-up/password',
    state,
    service: housingFund,
    model: (scene): PasswordModel => ({ form: sampleForm(scene, { fields: ['password'], refused }), back: back(scene) }),
  };
}

function passkey(state: string, refused?: Refused): Example {
  return {
    view: 'step-up/passkey',
    state,
    service: housingFund,
    model: (scene): PasskeyModel => ({
      form: sampleForm(scene, { fields: ['credential'], refused }),
      challenge: nowhere,
      back: back(scene),
    }),
  };
}

function proved(state: string, method: string, acr: string, forService: boolean): Example {
  return {
    view: 'layout/result',
    state,
    ...(forService ? { service: housingFund } : {}),
    model: (scene) =>
      provedModel(
        { ...scene, portal: scene.profile.brand.portal },
        {
          method,
          level: rungOf(scene, acr),
          service: forService ? housingFund(scene.locale).name : undefined,
          finish: `${base}/${method}/finish`,
        },
      ),
  };
}

export const examples: readonly Example[] = [
  levels('real-name-missing', 'L2', { evidence: [], amr: ['pwd'] }),
  levels('real-name-wanted', 'L2', { evidence: [], amr: ['pwd'] }, { essential: false }),
  levels('identity-first', 'L3', { evidence: [], amr: ['pwd'] }),
  levels('bank-card-missing', 'L3', { evidence: ['real-name'], amr: ['pwd'] }),
  levels('bank-card-wanted', 'L3', { evidence: ['real-name'], amr: ['pwd'] }, { essential: false }),
  levels('bank-card-and-password-missing', 'L3', { evidence: ['real-name'], amr: ['sms'] }),
  levels('password-missing', 'L3', { evidence: ['real-name', 'bank-card'], amr: ['sms'] }),
  levels('password-settling', 'L3', { evidence: ['real-name', 'bank-card'], amr: ['sms'] }, { settling: true }),
  levels('long-service', 'L3', { evidence: ['real-name'], amr: ['sms'] }, { service: longService }),
  verify('empty'),
  verify('sent', { code: 'sent' }),
  verify('sent-before', { code: 'sent-before' }),
  verify('nothing-filled', { refused: unfilled('code') }),
  verify('captcha-wrong', { refused: new Refused('captcha.wrong', 'captcha') }),
  verify('code-wrong', { code: 'sent', refused: new Refused('otp.wrong', 'code') }),
  verify('code-expired', { code: 'sent-before', refused: new Refused('otp.expired', 'code') }),
  verify('too-soon', { code: 'sent', refused: new Refused('otp.cooldown', 'code', { seconds: 47 }) }),
  verify('day-limit', { code: 'sent-before', refused: new Refused('otp.day-limit', 'code', { seconds: 40_000 }) }),
  password('empty'),
  password('nothing-filled', unfilled('password')),
  password('wrong', new Refused('credentials.wrong', 'password', { reason: 'confirm' })),
  password('wrong-too-often', new Refused('credentials.throttled', 'password', { minutes: 15 })),
  passkey('empty'),
  passkey('refused', new Refused('passkey.wrong', 'credential')),
  proved('level-raised', 'real-name', 'L2', false),
  proved('level-raised-for-service', 'bank-card', 'L3', true),
];
