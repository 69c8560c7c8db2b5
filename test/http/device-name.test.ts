import { describe, expect, it } from '@jest/globals';
import { deviceName } from '../../src/http/device-name.ts';

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';

describe('a device is called', () => {
  it.each([
    ['Chrome · Windows', `${windows} Chrome/142.0.0.0 Safari/537.36`],
    ['Edge · Windows', `${windows} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`],
    ['360 Browser · Windows', `${windows} Chrome/108.0.0.0 Safari/537.36 360SE`],
    ['Firefox · Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'],
    [
      'Safari · macOS',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    ],
    [
      'WeChat · iOS',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.53',
    ],
    [
      'Huawei Browser · HarmonyOS',
      'Mozilla/5.0 (Linux; Android 12; HarmonyOS; ALN-AL00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 HuaweiBrowser/15.0 Mobile Safari/537.36',
    ],
    [
      'Alipay · Android',
      'Mozilla/5.0 (Linux; U; Android 14; zh-CN) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 AlipayClient/10.6.50',
    ],
  ])('%s', (name, agent) => expect(deviceName({ 'user-agent': agent })).toBe(name));

  it('by its client hints where the user agent says nothing', () => {
    const hints = { 'sec-ch-ua': '"Chromium";v="142", "Microsoft Edge";v="142"', 'sec-ch-ua-platform': '"Windows"' };
    expect(deviceName(hints)).toBe('Edge · Windows');
  });

  it('nothing where nobody knows it, and never what it says of itself', () => {
    expect(deviceName({})).toBeUndefined();
    expect(deviceName({ 'user-agent': 'curl/8.5 zhangwei@example.cn' })).toBeUndefined();
    expect(deviceName({ 'user-agent': `${'x'.repeat(10_000)} Chrome/1` })).toBeUndefined();
  });
});
