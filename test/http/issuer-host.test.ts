import { describe, expect, it } from '@jest/globals';
import { isForeign } from '../../src/http/issuer-host.ts';

const secure = new URL('https://id.example.gov.cn');
const local = new URL('http://localhost:3000');

describe('the name that a browser came by', () => {
  it.each<[string, URL, Parameters<typeof isForeign>[0], boolean]>([
    ['is the issuer’s', secure, ['id.example.gov.cn'], false],
    ['is so with the port that the scheme has anyway', secure, ['id.example.gov.cn:443'], false],
    ['is so in capitals', secure, ['ID.Example.gov.CN'], false],
    ['is another', secure, ['www.example.gov.cn'], true],
    ['is an address', secure, ['10.0.0.5:8080'], true],
    ['has another port', local, ['localhost:3001'], true],
    ['is the loopback address', local, ['127.0.0.1:3000'], true],
    ['ends like the issuer’s', secure, ['evil-id.example.gov.cn'], true],
    ['begins like it', secure, ['id.example.gov.cn.evil.example'], true],
    ['has a user in it', secure, ['id.example.gov.cn@evil.example'], true],
    ['was rewritten by a proxy that says what it was', secure, ['minxin:8080', 'id.example.gov.cn'], false],
    ['was rewritten by the second of two', secure, ['minxin:8080', 'id.example.gov.cn, edge.internal'], false],
    ['was another, as the proxy says', secure, ['minxin:8080', 'www.example.gov.cn'], true],
    ['is not said at all', secure, [undefined, undefined], false],
    ['is empty', secure, [''], false],
  ])('%s', (_, issuer, names, foreign) => {
    expect(isForeign(names, issuer)).toBe(foreign);
  });
});
