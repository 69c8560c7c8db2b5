import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { questionIds } from '../../interactions/help/questions.ts';
import { loadProfile } from '../../src/config/profile.ts';
import { readSchema } from '../../src/config/schema.ts';
import { acrValues } from '../../src/domain/assurance/ladder.ts';
import { documentTypes } from '../../src/domain/person/document-number.ts';

const folder = mkdtempSync(join(tmpdir(), 'minxin-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

const known = {
  loginMethods: ['password', 'sms-code', 'passkey', 'qr-code', 'national-platform'],
  proofingMethods: ['real-name', 'bank-card'],
  questions: questionIds,
};
const options = { profilesDir: 'profiles', known };

let files = 0;

/** Writes a profile into a file of its own. */
function written(profile: unknown): string {
  files += 1;
  const file = join(folder, `city-${files}.json`);
  writeFileSync(file, typeof profile === 'string' ? profile : JSON.stringify(profile));
  return file;
}

/** What is wrong with `demo` once `members` are changed, without the name of the file. */
function problemsWith(members: object): readonly string[] {
  const file = written({ extends: 'demo', ...members });
  return loadProfile(file, options).problems.map(({ path, problem }) => `${path.replace(`${file}: `, '')} ${problem}`);
}

const rung = (acr: string, anyOf: readonly (readonly string[])[], more: object = {}): object => ({
  acr,
  label: { 'zh-CN': '级', en: 'Level' },
  opens: { 'zh-CN': '事', en: 'Matters' },
  anyOf,
  ...more,
});

describe('a profile', () => {
  it('is merged over what it extends: objects by member, lists and values whole', () => {
    const parent = written({ extends: 'demo', captcha: { login: 'never', length: 5 }, documents: ['hk-permit', 'macao-permit'] });
    const child = written({
      extends: parent,
      captcha: { length: 6 },
      documents: ['resident-id-card'],
      username: null,
      identifiers: ['mobile'],
      recovery: { desktop: ['mobile'], h5: ['mobile'] },
    });
    const { profile, problems } = loadProfile(child, options);
    expect(problems).toEqual([]);
    expect(profile).toMatchObject({
      captcha: { login: 'never', failures: 3, length: 6, alphabet: 'digits' },
      documents: ['resident-id-card'],
      username: null,
      brand: { city: { en: 'Demonstration City' } },
    });
  });

  it('is named after its file and may extend a neighbour by its path', () => {
    writeFileSync(join(folder, 'riverside.json'), JSON.stringify({ extends: './hill.json' }));
    writeFileSync(join(folder, 'hill.json'), JSON.stringify({ extends: 'demo', landing: '/help' }));
    expect(loadProfile(join(folder, 'riverside.json'), options).profile).toMatchObject({ name: 'riverside', landing: '/help' });
    expect(loadProfile('demo', options).profile?.name).toBe('demo');
  });

  it('that is only there to be extended does not start', () => {
    expect(loadProfile('base', options).profile).toBeUndefined();
    expect(loadProfile('base', options).problems.map(({ path }) => path)).toEqual([
      'profiles/base.json: ladders',
      'profiles/base.json: brand.platform',
      'profiles/base.json: brand.city',
      'profiles/base.json: brand.portal',
    ]);
  });

  it('that is unknown is reported as the variable that names it', () => {
    expect(loadProfile('atlantis', options).problems).toEqual([
      {
        path: 'PROFILE',
        problem: 'names profiles/atlantis.json, which cannot be read',
        expected: 'a name in profiles/ or the path of a JSON file',
      },
    ]);
  });

  it('with an unknown parent, a circle, or no JSON is reported with the file', () => {
    const orphan = written({ extends: 'atlantis' });
    expect(loadProfile(orphan, options).problems[0]).toMatchObject({
      path: `${orphan}: extends`,
      problem: expect.stringContaining('profiles/atlantis.json'),
    });
    writeFileSync(join(folder, 'a.json'), JSON.stringify({ extends: './b.json' }));
    writeFileSync(join(folder, 'b.json'), JSON.stringify({ extends: './a.json' }));
    expect(loadProfile(join(folder, 'a.json'), options).problems).toEqual([
      { path: `${join(folder, 'b.json')}: extends`, problem: 'goes round in a circle (a → b → a)', expected: 'a chain that ends' },
    ]);
    expect(loadProfile(written('\uFEFF{"extends": "demo"}'), options).problems).toEqual([]);
    expect(loadProfile(written('{"extends": "demo",}'), options).problems[0]?.problem).toContain('is not JSON');
    expect(loadProfile(written([]), options).problems[0]?.problem).toBe('holds no object');
    expect(loadProfile(written({ extends: 7 }), options).problems[0]?.problem).toBe('is not a name');
  });
});

describe('a broken profile', () => {
  it('has all its problems reported at once, those of the schema and those of the whole', () => {
    const problems = problemsWith({
      brand: { hotline: 12345, palette: 'pink', platform: { 'zh-CN': '' } },
      captcha: { logn: 'always', length: 99 },
      documents: ['resident-id-card', 'resident-id-card', 'library-card'],
      login: { desktop: ['password', 'sms-cod'], h5: [] },
      identifiers: ['username', 'mobile'],
      username: null,
      proofing: ['real-name', 'palmistry'],
      ladders: { person: [rung('L2', [['real-name']]), rung('L2', [['bank-card'], ['facee']])] },
      registration: { fields: { h5: ['mobile', 'name'] } },
      password: { minLength: 30, maxLength: 20 },
      sms: { perHour: 11 },
      sessions: { idleSeconds: 50_000 },
      later: ['Face!'],
    });
    expect(problems.toSorted()).toEqual(
      [
        'brand.hotline is 12345',
        'brand.palette is "pink"',
        'brand.platform.zh-CN is ""',
        'captcha.logn is not known (did you mean login?)',
        'captcha.length is 99',
        'documents names the same thing twice',
        'documents[2] is "library-card"',
        'login.h5 has too few entries',
        'identifiers has username, but accounts have none',
        'proofing[1] is "palmistry", which is not known',
        'ladders.person[0] is not held by everybody with an account',
        'ladders.person[1].acr is L2 above L2',
        'recovery.desktop has username, but accounts have none',
        'recovery.h5 has username, but accounts have none',
        'registration.fields.h5 has no password',
        'registration.fields.h5 asks for name',
        'password.minLength is 30',
        'sandbox.password breaks the rule "password" (min-length)',
        'sms.perHour is 11',
        'sessions.idleSeconds is 50000',
        'later[0] is "Face!"',
      ].toSorted(),
    );
  });

  it.each<[string, object, string]>([
    [
      'a login method that nobody wrote',
      { login: { desktop: ['passwrd'] } },
      'login.desktop[0] is "passwrd", which is not known (did you mean password?)',
    ],
    [
      'a rung that nothing leads to',
      { ladders: { person: [rung('L1', [[]]), rung('L3', [['bank-card', 'face']])] } },
      'ladders.person[1].anyOf names face, which nothing gives',
    ],
    [
      'a lowest rung with a minimum authentication',
      { ladders: { person: [rung('L1', [[]], { minimumAuthentication: { anyOf: ['pwd'] } })] } },
      'ladders.person[0] is not held by everybody with an account',
    ],
    [
      'a minimum authentication that no method gives',
      { ladders: { person: [rung('L1', [[]]), rung('L2', [['real-name']], { minimumAuthentication: { anyOf: ['tea-leaves'] } })] } },
      'ladders.person[1].minimumAuthentication.anyOf[0] is "tea-leaves"',
    ],
    [
      'rungs out of order',
      { ladders: { person: [rung('L1', [[]]), rung('L3', [['bank-card']]), rung('L2', [['real-name']])] } },
      'ladders.person[2].acr is L2 above L3',
    ],
    [
      'a high rung for data that others know too',
      { ladders: { person: [rung('L1', [[]]), rung('L3', [['bank-card'], ['real-name']])] } },
      'ladders.person[1].anyOf gives L3 for real-name, which whoever knows the data can give',
    ],
    [
      'a high rung for nothing',
      { ladders: { person: [rung('L1', [[]]), rung('L3', [[]])] } },
      'ladders.person[1].anyOf gives L3 for nothing, which whoever knows the data can give',
    ],
    [
      'an identity step without any proofing method',
      { proofing: [], ladders: { person: [rung('L1', [[]])] } },
      'registration.identity is skippable-step, but "proofing" has no real-name',
    ],
    [
      'scripted people whose password breaks the rule',
      { password: { characters: 'letters-digits' } },
      'sandbox.password breaks the rule "password" (characters)',
    ],
    ['a landing page of somebody else', { landing: '//evil.example' }, 'landing is "//evil.example"'],
    ['a user name rule upside down', { username: { minLength: 21 } }, 'username.minLength is 21'],
    ['a name rule upside down', { personName: { minWidth: 80, maxWidth: 70 } }, 'personName.minWidth is 80'],
  ])('is refused: %s', (_, members, problem) => {
    expect(problemsWith(members)).toEqual([problem]);
  });

  it('shows as coming only what comes', () => {
    const person = [rung('L1', [[]]), rung('L3', [['bank-card'], ['face']], { soon: ['face'] })];
    expect(problemsWith({ ladders: { person }, later: ['proofing.face'] })).toEqual([]);
    const other = [rung('L1', [[]]), rung('L3', [['bank-card']], { soon: ['face'] })];
    expect(problemsWith({ ladders: { person: other } })).toEqual(['ladders.person[1].soon shows face as coming']);
  });

  it('may name evidence that comes later, or soon', () => {
    const person = [rung('L1', [[]]), rung('L3', [['bank-card'], ['face']]), rung('L4', [['on-site']], { comingSoon: true })];
    expect(problemsWith({ ladders: { person }, later: ['proofing.face'] })).toEqual([]);
  });
});

describe('the schema of profiles', () => {
  it('knows the document types and levels that the domain knows', () => {
    const { properties, $defs } = readSchema('profile.schema.json');
    expect(properties?.['documents']?.items?.enum).toEqual(Object.keys(documentTypes));
    expect($defs?.['rung']?.properties?.['acr']?.enum).toEqual(acrValues);
  });
});
