import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { adviceAfterNotice, answersOf, createAsk, type HelpScene } from '../../interactions/help/answers.ts';
import { levelRows } from '../../interactions/help/levels.ts';
import { helpTexts, textModel } from '../../interactions/help/help.ts';
import { paragraphsOf, questionIds, questions } from '../../interactions/help/questions.ts';
import { queryOf, search } from '../../interactions/help/search.ts';
import { loadProfile } from '../../src/config/profile.ts';
import { refusals } from '../../src/domain/refused.ts';
import type { Profile } from '../../src/domain/policy.ts';
import { loadWords, speakerOf } from '../../src/http/words.ts';
import { knownNames, profileNames as cities, profileOf } from '../support/profiles.ts';

const wordsOf = (profile: Profile) => loadWords('interactions', speakerOf(profile));
const scene = (profile: Profile, locale: HelpScene['locale'] = 'zh-CN'): HelpScene => ({ locale, words: wordsOf(profile), profile });

function answer(profile: Profile, id: string): string {
  const found = answersOf(scene(profile)).find((each) => each.id === id);
  if (!found) throw new Error(`${profile.name} does not show ${id}`);
  return found.paragraphs.join('\n');
}

describe('the help of a city', () => {
  it.each([
    ['demo', true],
    ['hubei', false],
  ])('names the SMS code as a way to sign in only where it is one: %s', (name, offered) => {
    expect(answer(profileOf(name), 'forgotten-password').includes('短信登录')).toBe(offered);
  });

  it('says of each level what it opens and how it is reached here', () => {
    const rows = (name: string) => levelRows(scene(profileOf(name))).map(({ label, ways }) => [label, ways]);
    expect(rows('demo')).toEqual([
      ['未认证', '注册即可'],
      ['初级认证', '实名认证'],
      ['中级认证', '银行卡认证'],
      ['高级认证', expect.stringContaining('12345')],
    ]);
    // What nothing here leads to is reached elsewhere.
    expect(rows('guangzhou').map(([, ways]) => ways)).toEqual(['注册即可', expect.stringContaining('现场实名认证'), expect.stringContaining('10 号窗')]);
  });

  it.each(['hubei', 'guangzhou'])('[RN-37 RN-38] says in %s where one is verified in person, and not that this is still to come', (name) => {
    const profile = profileOf(name);
    expect(levelRows(scene(profile)).at(-1)?.ways).toBe(profile.ladders.person.at(-1)?.where?.['zh-CN']);
    expect(answer(profile, 'levels')).not.toMatch(/现场.*建设/);
  });

  it('gives the limits that hold there', () => {
    const profile = profileOf('demo');
    const strict = { ...profile, sms: { ...profile.sms, perHour: 3, perDay: 7, cooldownSeconds: 90, ttlSeconds: 120 } };
    expect(answer(strict, 'no-sms')).toContain('每小时最多获取 3 次验证码，24 小时内最多获取 7 次，两次之间至少间隔 90 秒');
    const privacy = helpTexts.filter(({ name }) => name === 'privacy').map((text) => textModel(scene(strict), text));
    expect(JSON.stringify(privacy)).toContain('短信验证码在 2 分钟后失效');
  });

  it('gives the hours of registration and the age of children as they are there', () => {
    expect(answer(profileOf('hubei'), 'hours')).toContain('每天 08:00–18:00（北京时间）可以注册');
    const older = { ...profileOf('beijing'), guardian: { under: 16, version: '2026-01' } };
    expect(answer(older, 'children')).toContain('未满 16 周岁的，须由父母或者其他监护人同意');
  });

  it('names in the agreements whom it tells, where it tells somebody, and leaves no hole for who does not say who runs it', () => {
    const textOf = (name: string, profile: Profile) => JSON.stringify(helpTexts.filter((text) => text.name === name).map((text) => textModel(scene(profile), text)));
    expect(textOf('privacy', profileOf('demo'))).toMatch(/国家政务服务平台：.*除此以外，不向任何单位和个人提供/);
    expect(textOf('privacy', profileOf('hubei'))).not.toContain('国家政务服务平台');
    expect(textOf('agreement', profileOf('beijing'))).toContain('您与北京市统一身份认证平台（以下称“主办单位”）');
  });

  it('says what is coming as long as it is not there', () => {
    const beijing = profileOf('beijing');
    expect(answer(beijing, 'mobile-lost')).toContain('自动换绑的方式正在建设中');
    expect(answer({ ...beijing, later: [] }, 'mobile-lost')).not.toContain('建设中');
    expect(answer(profileOf('hubei'), 'password-and-mobile-lost')).toMatch(/激活账号[^]*电子社保卡[^]*正在建设中[^]*账号申诉的方式正在建设中/);
  });

  it.each(cities)('answers each of its questions in both languages, and leads to others that it answers: %s', (name) => {
    const profile = profileOf(name);
    const chinese = answersOf(scene(profile));
    const english = answersOf(scene(profile, 'en'));
    expect(chinese.map(({ id }) => id)).toEqual(profile.help.questions);
    expect(english.map(({ paragraphs }) => paragraphs.length)).toEqual(chinese.map(({ paragraphs }) => paragraphs.length));
    for (const { paragraphs, related } of chinese) {
      expect(paragraphs.length).toBeGreaterThan(1);
      expect(related.filter((id) => !profile.help.questions.includes(id))).toEqual([]);
    }
  });

  it.each(cities)('names no other city, no section of a manual and no way that does not exist there: %s', (name) => {
    const profile = profileOf(name);
    const all = answersOf(scene(profile)).flatMap(({ title, paragraphs }) => [title, ...paragraphs]).join('\n');
    const others = cities.map((other) => profileOf(other).brand.city['zh-CN']).filter((city) => city !== profile.brand.city['zh-CN']);
    for (const city of [...others, '福州']) expect(all).not.toContain(city);
    expect(all).not.toMatch(/\d\.\d|章节/);
    for (const sentence of all.split(/[。\n]/).filter((each) => /人脸|扫码|(?<!更)换绑|申诉|现场认证|自行注销/.test(each))) {
      expect([name, sentence]).toEqual([name, expect.stringContaining('建设中')]);
    }
  });

  it('is refused where a profile names a question that is not known', () => {
    const { problems } = loadProfile('demo', { profilesDir: 'profiles', known: { ...knownNames, questions: ['no-sms'] } });
    expect(problems[0]).toMatchObject({ path: expect.stringContaining('help.questions'), problem: expect.stringContaining('"captcha"') });
  });
});

describe('the questions', () => {
  it('have an address of their own, and related questions that exist', () => {
    expect(new Set(questionIds).size).toBe(questionIds.length);
    expect(questionIds.filter((id) => helpTexts.some(({ name }) => name === id))).toEqual([]);
    for (const { id, related } of questions) expect([id, related.filter((other) => other === id || !questionIds.includes(other))]).toEqual([id, []]);
  });

  it('have no sentence that is said nowhere', () => {
    const everywhere = { has: () => true, awaits: () => true, names: [] };
    const said = questions.flatMap((question) => ['ask', 'title', ...paragraphsOf(question, everywhere)].map((key) => `help.questions.${question.id}.${key}`));
    expect(wordsOf(profileOf('demo')).keys().filter((key) => key.startsWith('help.questions.')).toSorted()).toEqual(said.toSorted());
  });

  it('arise at refusals, and at places that a template names', () => {
    const templates = readdirSync('interactions', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.pug'))
      .map((file) => readFileSync(`interactions/${file}`, 'utf8'))
      .join('\n');
    // Of a refusal for one reason, the text of that reason is what names the place.
    const { has } = wordsOf(profileOf('demo'));
    const isRefusal = (place: string) => Object.hasOwn(refusals, place) || has(`refused.${place}`);
    const places = [...new Set(questions.flatMap(({ arises }) => arises))].filter((place) => !isRefusal(place));
    expect(places.filter((place) => !templates.includes(`answers('${place}')`))).toEqual([]);
  });

  it('tell what to do after a notice, where the city has no help of its own', () => {
    const demo = profileOf('demo');
    const elsewhere = { brand: { ...demo.brand, helpCentre: 'https://help.city.example/' }, help: { questions: [] } };
    expect([adviceAfterNotice(demo), adviceAfterNotice(elsewhere)]).toEqual(['/help/not-me', 'https://help.city.example/']);
  });

  it('are linked from where they arise only in cities that show them', () => {
    const ask = (name: string) => createAsk(wordsOf(profileOf(name)), profileOf(name))('zh-CN', 'identity.mismatch').map(({ href }) => href);
    expect(ask('beijing')).toEqual(['/help/rare-characters', '/help/permit-fails']);
    expect(ask('guangzhou')).toEqual([]);
  });

  it('go by the exact text of a refusal: the rare characters of a name are no help with the number of a document', () => {
    const ask = createAsk(wordsOf(profileOf('demo')), profileOf('demo'));
    const linked = (place: string) => ask('zh-CN', place).map(({ href }) => href);
    expect(linked('identity.mismatch')).toEqual(['/help/rare-characters', '/help/permit-fails']);
    expect(linked('identity.mismatch.rare-character')).toEqual(linked('identity.mismatch'));
    // Nor with a name that has no such characters, or with a card.
    expect([linked('identity.mismatch.letters'), linked('name.invalid.letters')]).toEqual([['/help/permit-fails'], []]);
    expect(linked('identity.mismatch.bank-card')).toEqual(['/help/bank-card']);
    expect([linked('identity.mismatch').length > 0, linked('identity.mismatch.document')]).toEqual([true, []]);
    // A place of a page is no refusal.
    expect([linked('captcha').length > 0, linked('captcha.wrong')]).toEqual([true, []]);
  });
});

describe('the search of the help centre', () => {
  const ids = (query: string, locale: HelpScene['locale'] = 'zh-CN') => search(answersOf(scene(profileOf('demo'), locale)), query).map(({ id }) => id);
  const marked = (query: string) => search(answersOf(scene(profileOf('demo'))), query)[0]?.title.flatMap(({ text, hit }) => (hit ? [text] : []));

  it.each([
    ['a part of a title', '生僻字', 'rare-characters'],
    ['words that are left out', '收不到验证码', 'no-sms'],
    ['a word of the answer alone', '垃圾短信', 'no-sms'],
    ['several words', '港澳 通行证', 'permit-fails'],
    ['one character', '癌', undefined],
    ['a whole sentence', '图片验证码加载不出来怎么办', 'captcha'],
    ['the name of a service', '公积金', 'business'],
    ['nothing that is there', '鼎鼐', undefined],
    ['no letter at all', '<>"\'%', undefined],
    ['nothing', '', undefined],
  ])('finds by %s', (_, query, first) => expect(ids(query)[0]).toBe(first));

  it.each(['SMS code', 'ｓｍｓ　ＣＯＤＥ', 'sms CODE'])('minds neither width nor case: %s', (query) => expect(ids(query, 'en')[0]).toBe('no-sms'));

  it('marks what was looked for, in runs', () => {
    expect(marked('收不到验证码')).toEqual(['收不到', '验证码']);
    for (const { title, excerpt } of search(answersOf(scene(profileOf('demo'))), '密码')) expect([...title, ...excerpt].some(({ hit, text }) => hit && text === '密码')).toBe(true);
  });

  it('reads one parameter, and no more of it than anybody types', () => {
    expect([queryOf(undefined), queryOf(['短信', '密码']), queryOf(`  ${'短'.repeat(500)}`).length]).toEqual(['', '短信', 100]);
  });
});
