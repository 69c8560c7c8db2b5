import type { IncomingHttpHeaders } from 'node:http';

/**
 * What a browser is, in words that its owner recognises: `Chrome · Windows`. Made from client hints or the user agent,
 * of which nothing else is kept.
 */

type Rows = readonly (readonly [pattern: RegExp, name: string])[];

/** The first that fits: browsers claim to be those they are made from. */
const browsers: Rows = [
  [/MicroMessenger/i, 'WeChat'],
  [/AlipayClient/i, 'Alipay'],
  [/DingTalk/i, 'DingTalk'],
  [/Edg(e|A|iOS)?\/|Microsoft Edge/i, 'Edge'],
  [/HuaweiBrowser/i, 'Huawei Browser'],
  [/MiuiBrowser/i, 'Mi Browser'],
  [/UCBrowser|UBrowser/i, 'UC Browser'],
  [/MQQBrowser|QQBrowser/i, 'QQ Browser'],
  [/360(SE|EE|browser)|Qihoo/i, '360 Browser'],
  [/Quark/i, 'Quark'],
  [/SamsungBrowser|Samsung Internet/i, 'Samsung Internet'],
  [/OPR\/|Opera/i, 'Opera'],
  [/Firefox|FxiOS/i, 'Firefox'],
  [/Google Chrome|Chrome|CriOS|Chromium/i, 'Chrome'],
  [/Version\/.*Safari/i, 'Safari'],
];

const systems: Rows = [
  [/HarmonyOS|OpenHarmony/i, 'HarmonyOS'],
  [/Android/i, 'Android'],
  [/iPad/i, 'iPadOS'],
  [/iPhone|iOS/i, 'iOS'],
  [/Windows/i, 'Windows'],
  [/macOS|Mac OS X|Macintosh/i, 'macOS'],
  [/Chrome ?OS|CrOS/i, 'ChromeOS'],
  [/Linux|UOS|Kylin/i, 'Linux'],
];

/** Longer headers are nobody's browser. */
const longest = 500;

/** @returns undefined for a browser that says nothing we know */
export function deviceName(headers: IncomingHttpHeaders): string | undefined {
  const agent = text(headers['user-agent']);
  const browser = named(browsers, agent) ?? named(browsers, text(headers['sec-ch-ua']));
  const system = named(systems, agent) ?? named(systems, text(headers['sec-ch-ua-platform']));
  const names = [browser, system].filter((name) => name !== undefined);
  return names.length > 0 ? names.join(' · ') : undefined;
}

function text(header: string | string[] | undefined): string {
  return String(header ?? '').slice(0, longest);
}

function named(rows: Rows, said: string): string | undefined {
  return rows.find(([pattern]) => pattern.test(said))?.[1];
}
