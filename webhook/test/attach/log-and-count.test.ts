import t from 'tap'
import { logAndCount } from '../../src/attach/log-and-count.ts'
import { attached, fromEcr, pod } from './pods.ts'

t.test('each answer is counted and logged, with a tenant that exists or `unknown`', async t => {
  const lines: [level: string, line: object][] = []
  const counted: object[] = []
  const onAttachment = logAndCount({
    tenants: new Set(['default']),
    logger: { info: (line: object) => void lines.push(['info', line]), debug: (line: object) => void lines.push(['debug', line]) },
    count: labels => counted.push(labels),
  })
  onAttachment('default', attached(pod({ containers: [fromEcr] })))
  onAttachment('..%2f\n', attached(pod()))
  t.strictSame(counted, [
    { tenant: 'default', result: 'attached' },
    { tenant: 'unknown', result: 'unchanged' },
  ])
  t.match(lines, [
    ['info', { tenant: 'default', namespace: 'team-a', result: 'attached' }],
    ['debug', { tenant: 'unknown', result: 'unchanged', why: 'no image from ECR' }],
  ])
})
