// enumeration in recovery, Hubei / Beijing / demo / Guangzhou
import { newPerson } from '../test/support/browser.ts';
import { sandboxOf } from '../test/support/sandbox.ts';
import { newCitizen } from '../test/support/citizen.ts';
import { citizen } from '../test/support/newcomer.ts';
import { anyMobile, importedPerson } from '../test/support/imported.ts';
const prod = (port: number) => ({ address: `http://localhost:${port}`, issuer: `http://localhost:${port}` }) as any;
const show = (p: any) => `${p.page.status} ${p.page.url.pathname.replace(/.*interaction.[^/]*/,'')} ${p.page.error?.code ?? ''} ${p.page.outcome ?? ''} len=${p.page.html.length} hdr=${Object.keys(p.page.headers).sort().join(',').length}`;
for (const [port, name] of [[3320,'demo'],[3321,'hubei'],[3322,'beijing'],[3323,'guangzhou']] as const) {
  const pr = prod(port);
  const v = await newCitizen(pr, name==='guangzhou' ? 'L1':'L2'), u = await newCitizen(pr, 'L1');
  const stranger = citizen();
  const wait = (name==='hubei'||name==='demo') ? await importedPerson(pr) : undefined;
  const cases: [string, Record<string,string>][] = name === 'hubei'
   ? [['verified',{name: v.identity.name, documentNumber: v.identity.document.number}], ['wrong name', {name:'王小明', documentNumber: v.identity.document.number}], ['unknown',{name: stranger.name, documentNumber: stranger.document.number}], ['waiting',{name: wait!.name, documentNumber: wait!.document.number}]]
   : [['verified mobile',{identifier:v.mobile}],['unverified mobile',{identifier:u.mobile}],['unknown mobile',{identifier:anyMobile()}], ...(name==='guangzhou'?[]:[['username',{identifier:v.username}],['unknown username',{identifier:'nobody'+Date.now()%1e6}],['doc',{identifier:v.identity.document.number}],['doc lower x + fullwidth',{identifier:[...v.identity.document.number].map(c=>c==='X'?'ｘ':String.fromCharCode(c.charCodeAt(0)+0xfee0)).join('')}],['unknown doc',{identifier:stranger.document.number}]] as any)];
  for (const [what, fields] of cases) {
    const p = newPerson(pr);
    await p.goes('/recover');
    const t0 = performance.now();
    await p.submits(fields);
    const t = performance.now()-t0;
    console.log(name, what, show(p), t.toFixed(0)+'ms', p.page.$('.masked > [aria-hidden]').toArray().map((f:any)=>p.page.$(f).text()).join(' '));
    if (p.page.error) { console.log('   ', p.page.error.text); continue; }
    await p.opens('#next');
    const action = p.page.has('#send-code');
    if (action) { await p.submits({}, { button: '#send-code' }); console.log('   send', show(p), p.page.$('#send-code').text()); 
      const f: any = { code: '000000', newPassword: 'Qiaoliang-7031', confirmPassword: 'Qiaoliang-7031' };
      if (p.page.has('[name=documentNumber]')) f.documentNumber = stranger.document.number;
      const keep = Object.fromEntries(Object.entries(f).filter(([k]) => p.page.has(`[name=${k}]`)));
      const t1 = performance.now(); await p.submits(keep as any); console.log('   wrong', show(p), (performance.now()-t1).toFixed(0)+'ms', p.page.error?.text);
    }
  }
}
