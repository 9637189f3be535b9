import { cpuMs } from '@ecr-anywhere/scripts/testbed/cpu-time.ts'
import t from 'tap'
import { parseRegistries, parseRegistry } from '../src/registry.ts'

const good = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

/** Texts that are similar to an ECR host. Each could send credentials to another host, or would never be used by a client. */
const refused: Record<string, string[]> = {
  'no host': ['', ' ', '.', 'foobar', 'not.ecr.io', 'docker.io', 'localhost', '*', 'AWS'],
  'a wrong account': [
    '12345678901.dkr.ecr.us-east-1.amazonaws.com',
    '1234567890123.dkr.ecr.us-east-1.amazonaws.com',
    '12345678901A.dkr.ecr.us-east-1.amazonaws.com',
    '.dkr.ecr.us-east-1.amazonaws.com',
    '١٢٣٤٥٦٧٨٩٠١٢.dkr.ecr.us-east-1.amazonaws.com',
  ],
  'a wrong region': [
    '123456789012.dkr.ecr.lala-land-1!.amazonaws.com',
    '123456789012.dkr.ecr.#lala-land-1.amazonaws.com',
    '123456789012.dkr.ecr..amazonaws.com',
    '123456789012.dkr.ecr.-us-east-1.amazonaws.com',
    '123456789012.dkr.ecr.us-east-1-.amazonaws.com',
    '123456789012.dkr.ecr.us.east.1.amazonaws.com',
    '123456789012.dkr.ecr.us_east_1.amazonaws.com',
    `123456789012.dkr.ecr.u${'s'.repeat(63)}.amazonaws.com`,
    '123456789012.dkr.ecr.us-e\u0430st-1.amazonaws.com',
    '123456789012.dkr.ecr.us-\u212Aeast-1.amazonaws.com',
  ],
  'another service': [
    '123456789012.dog.ecr.us-east-1.amazonaws.com',
    '123456789012.dkr.cat.us-east-1.amazonaws.com',
    '123456789012.us-east-1.amazonaws.com',
    'api.ecr.us-east-1.amazonaws.com',
    '123456789012.dkr.ecr-fipsy.us-east-1.amazonaws.com',
    '123456789012-dkr.ecr.us-east-1.amazonaws.com',
    '123456789012.dkrxecr.us-east-1.amazonaws.com',
  ],
  'another domain': [
    '123456789012.dkr.ecr.us-east-1.amazonaws.com.evil.example',
    '123456789012.dkr.ecr.us-east-1.amazonaws.hacker.com',
    '123456789012.dkr.ecr.us-east-1.hacker.com',
    '123456789012.dkr.ecr.us-east-1.amazonaws.lol',
    '123456789012.dkr.ecr.us-east-1.awsamazon.com',
    '123456789012.dkr.ecr.us-east-1.amazonaws.gov',
    '123456789012.dkr.ecr.us-east-1.amazonawsxcom',
    '123456789012.dkr.ecr.us-east-1.xamazonaws.com',
    'evil.example.123456789012.dkr.ecr.us-east-1.amazonaws.com',
    '123456789012.dkr-ecr.us-east-1.on.aws.evil.example',
    'public.ecr.aws.evil.example',
    'xpublic.ecr.aws',
    'public-ecr.aws',
    'public.ecr.aws.com',
  ],
  'a suffix of another form': [
    '123456789012.dkr.ecr.us-east-1.on.aws',
    '123456789012.dkr-ecr.us-east-1.amazonaws.com',
    '123456789012.dkr-ecr.cn-north-1.amazonaws.com.cn',
  ],
  'more than a host': [
    `https://${good}`,
    `http://${good}`,
    `oci://${good}`,
    `//${good}`,
    `${good}/`,
    `${good}/repository`,
    `${good}:443`,
    `${good}.`,
    `${good}?a`,
    `${good}#a`,
    `AWS@${good}`,
    `AWS:password@${good}`,
    'public.ecr.aws/nginx',
    'public.ecr.aws:443',
  ],
  'other characters': [
    good.toUpperCase(),
    good.replace('us', 'Us'),
    good.replace('amazonaws', 'amazon\u0430ws'),
    good.replaceAll('.', '\u3002'),
    good.replaceAll('.', '\uFF0E'),
    'PUBLIC.ECR.AWS',
    `${good}\n`,
    `\n${good}`,
    ` ${good}`,
    `${good} `,
    `${good}\0`,
    `evil.example\n${good}`,
    `${good}\nevil.example`,
    `${good},${good}`,
    '123456789012.dkr.ecr.us-east-1.amazonaws.com\u200B',
  ],
}

for (const [about, hosts] of Object.entries(refused)) {
  t.test(`${about} is rejected, and the message says what is expected`, async t => {
    for (const host of hosts) {
      t.throws(() => parseRegistry(host), { kind: 'input', message: /wanted a bare ECR host, such as .*\. Write only the host/ }, host)
    }
  })
}

/** The typed text, and the host that the message contains. */
const shown: [typed: string, shown: string | undefined][] = [
  ['docker.io', 'docker.io'],
  ['ghcr.io:443', 'ghcr.io'],
  ['https://ghcr.io', 'ghcr.io'],
  ['https://ghcr.io/hunter2', 'ghcr.io'],
  ['https://ghcr.io?password=hunter2', 'ghcr.io'],
  ['ghcr.io/app#hunter2', 'ghcr.io'],
  ['ghcr.io:hunter2', 'ghcr.io'],
  [`https://AWS:hunter2@${good}`, good],
  [`https://AWS:hunter2@${good}/v2/?hunter2#hunter2`, good],
  [`hunter2@${good}`, good],
  [`AWS:hunt/er2@${good}`, good],
  [`AWS:hunt@er2@${good}`, good],
  [good.toUpperCase(), good],
  [`${good}:443`, good],
  ['*.dkr.ecr.*.example.com', '*.dkr.ecr.*.example.com'],
  ['https://AWS:hunter2@ghcr.io', undefined],
  [`https://${good}/a@hunter.two`, undefined],
  ['AWS:hunter2', undefined],
  ['AWS:hunter.two', undefined],
  ['hunter2', undefined],
  ['Hunter.Two', undefined],
  ['hunter.2', undefined],
  ['hunter2 ghcr.io', undefined],
  ['ghcr.io hunter2', undefined],
  ['docker login -p hunter2 ghcr.io', undefined],
  ['hunter2/ghcr.io', undefined],
  ['hunter2\\ghcr.io', undefined],
  ['https://hunter2', undefined],
  ['ghcr.io\nhunter2', undefined],
  ['hunter2\nghcr.io', undefined],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2ln', undefined],
  ['-hunter.two', undefined],
  ['hunter..two', undefined],
  ['', undefined],
  ['a\u001B[31m.two', undefined],
  [`${'x'.repeat(64)}.two`, undefined],
  [`${'x.'.repeat(126)}two`, undefined],
]

for (const [typed, host] of shown) {
  t.test(`for ${JSON.stringify(typed.slice(0, 80))} the message contains ${host ?? 'only its length'}`, async t => {
    const found = host === undefined ? `found a text of ${typed.length} characters; ` : `found the registry "${host}"; `
    const [message, both] = [refusalOf([typed]), refusalOf([good, typed])]
    t.ok(message.startsWith(found), message)
    t.ok(both.startsWith(found.replace('; ', ' in position 2 of 2; ')), both)
    t.notMatch(message, /hunter|two/i)
  })
}

t.test('a single registry is rejected with the same message as one in a list', async t => {
  t.throws(() => parseRegistry('https://AWS:hunter2@ghcr.io'), { message: refusalOf(['https://AWS:hunter2@ghcr.io']) })
})

t.test('a list of registries is read in its order', async t => {
  t.match(parseRegistries([good, 'public.ecr.aws']), [{ kind: 'private', host: good }, { kind: 'public' }])
  t.strictSame(parseRegistries([]), [])
})

function refusalOf(hosts: string[]): string {
  try {
    return `accepted ${parseRegistries(hosts).length}`
  } catch (error) {
    return (error as Error).message
  }
}

t.test('a long invalid name is truncated in the message', async t => {
  t.throws(() => parseRegistry('x'.repeat(1_000_000)), { message: /^found a text of 1000000 characters; .{1,400}$/ })
})

t.test('a very long hostile name is rejected quickly', async t => {
  const ms = cpuMs(() => t.throws(() => parseRegistry(`123456789012.dkr.ecr.${'a-'.repeat(500_000)}.amazonaws.com`)))
  t.ok(ms < 1_000, 'the pattern does not backtrack')
})
