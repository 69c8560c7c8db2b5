import { newPerson } from '../test/support/browser.ts';
import { documentFields, assertedFields } from '../test/support/city-forms.ts';
import { accountFields, newcomer, citizen } from '../test/support/newcomer.ts';
import { anyMobile, importedPerson } from '../test/support/imported.ts';
import { sandboxOf } from '../test/support/sandbox.ts';
const prod = (port: number) => ({ address: `http://localhost:${port}`, issuer: `http://localhost:${port}` }) as any;
const hb = prod(3321);
await sandboxOf(hb).waits(9*3600); // morning in china
const people = await sandboxOf(hb).people<any>();
const show = (p: any) => `${p.page.status} ${p.page.url.pathname.replace(/interaction.[^/]*/,'')} ${p.page.error?.code ?? ''} ${p.page.outcome ?? ''} | ${p.page.text.slice(0, 330)}`;
for (const id of ['jianglihua', 'zhengyuan','fengxiaodong','zhangwei', 'wangwei','maguoqiang','hanyiming','lijiahui','caiweilun']) {
  const who = people.find((x: any) => x.id === id);
  const p = newPerson(hb);
  await p.goes('/register');
  try {
    const f = documentFields(newcomer(), who);
    await p.asksForCode(f);
    await p.submits({ ...f, code: await p.readsCode(f['mobile']!) });
    console.log(id, show(p), '\nALERT', p.page.$('[role=alert]').text().replace(/\s+/g,' ').slice(0,400), '\nLINKS', p.page.$('form a, .notice a, [role=alert] a').toArray().map((a: any) => p.page.$(a).text()+':'+p.page.$(a).attr('href')?.replace(/interaction.[^/]*/,'')).join(' ; '), '\n');
  } catch (e) { console.log(id, String(e).slice(0,300)); }
}
