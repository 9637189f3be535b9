import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import { statusGroup } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { provocationProblem, tenantProblem } from '../../src/check/judge.ts'

const asked = { tenant: 'team-a', namespace: 'apps', releaseNamespace: 'ecr' }
const answer = (status: number, message?: string, more: Partial<KubeAnswer> = {}): KubeAnswer => ({
  status,
  body: message === undefined ? {} : { kind: 'Status', message },
  warnings: [],
  retryAfterSeconds: undefined,
  ...more,
})
const warned = (...warnings: string[]) => ({ warnings })
const denied = (status: number, code: string, message: string) =>
  answer(status, undefined, {
    body: {
      kind: 'Status',
      message: `admission webhook "team-a.ecr-anywhere.centml.ai" denied the request: ${message}`,
      details: { group: statusGroup, causes: [{ reason: code, message }] },
    },
  })
const ok = 'ecr-anywhere: check ok: tenant team-a has a token'

t.test('a tenant has no problem if the webhook says so, even if other rules of the namespace reject the Secret', async t => {
  t.equal(tenantProblem(answer(201, undefined, warned(ok)), asked), undefined)
  t.equal(tenantProblem(answer(200, undefined, warned('another warning', ok)), asked), undefined)
  t.equal(tenantProblem(answer(201, undefined, warned('ecr-anywhere: something else', ok)), asked), undefined)
  t.equal(tenantProblem(answer(403, 'exceeded quota', warned(ok)), asked), undefined)
})

const failing =
  'Internal error occurred: failed calling webhook "team-a.ecr-anywhere.centml.ai": failed to call webhook: Post "https://ecr-anywhere-webhook.ecr.svc:443/inject/team-a": '
const pods =
  /Deployment ecr-anywhere-webhook are ready \(kubectl get pods -n ecr -l app\.kubernetes\.io\/name=ecr-anywhere,app\.kubernetes\.io\/component=webhook\)/
const problems: [about: string, answer: KubeAnswer, kind: string, why: RegExp][] = [
  [
    'AWS has not answered',
    answer(201, undefined, warned('ecr-anywhere: check pending: AWS has not answered')),
    'transient',
    /found check pending: AWS has not answered; wanted AWS's answer/,
  ],
  ['AWS denies the request', denied(500, 'AccessDeniedException', "AWS's sentence."), 'refused', /^AWS's sentence\.$/],
  ['AWS fails', denied(503, 'ThrottlingException', "AWS's sentence."), 'transient', /^AWS's sentence\.$/],
  [
    'the webhook does not have the ticket',
    denied(400, 'NotAttested', 'found a review without the ticket.'),
    'transient',
    /^found a review without the ticket\.$/,
  ],
  [
    'the webhook is not called',
    answer(201),
    'transient',
    /a dry run in namespace apps that passed without the webhook; wanted an answer of the webhook for tenant team-a/,
  ],
  ['only another webhook is called', answer(201, undefined, warned('another warning')), 'transient', /passed without the webhook/],
  [
    'the webhook is older',
    answer(201, undefined, warned('ecr-anywhere: dry run: no credentials were injected')),
    'transient',
    /a webhook of another version, which says: dry run: no/,
  ],
  ['no pod is ready', answer(500, `${failing}no endpoints available for service "ecr-anywhere-webhook"`), 'transient', pods],
  ['no process listens', answer(500, `${failing}dial tcp 10.0.0.1:443: connect: connection refused`), 'transient', pods],
  [
    'the caBundle has another CA',
    answer(500, `${failing}tls: failed to verify certificate: x509: certificate signed by unknown authority`),
    'transient',
    /kubectl create job -n ecr --from=cronjob\/ecr-anywhere-certs certs-now/,
  ],
  [
    'a right is missing',
    answer(403, 'secrets "p" is forbidden: User "u" cannot patch'),
    'transient',
    /found HTTP 403 on a dry run in namespace apps: secrets "p" is forbidden: .*RBAC/,
  ],
  [
    'a policy is misconfigured',
    answer(403, "policy 'x' with binding 'x.needs-secret-ecr-anywhere-tickets' denied request"),
    'transient',
    /needs-secret-ecr-anywhere-tickets/,
  ],
  ['a proxy answers in HTML', answer(502), 'transient', /found HTTP 502 on a dry run in namespace apps: no message/],
]
for (const [about, found, kind, why] of problems) {
  t.test(`${about}: the problem is ${kind}`, async t => t.match(tenantProblem(found, asked), { kind, why }))
}

t.test('a policy is in force if it denies the write that it must deny', async t => {
  const message = "secrets \"p\" is forbidden: ValidatingAdmissionPolicy 'ecr-anywhere-no-ticket' with binding 'b' denied request: no"
  t.equal(provocationProblem(answer(403, message), 'ecr-anywhere-no-ticket'), undefined)
})

const unprovoked: [about: string, answer: KubeAnswer, why: RegExp][] = [
  [
    'the write was allowed',
    answer(201),
    /found a write that the ValidatingAdmissionPolicy ecr-anywhere-no-ticket must deny, but which was allowed; .*`helm upgrade`/,
  ],
  [
    'another policy denied it',
    answer(403, "ValidatingAdmissionPolicy 'ecr-anywhere-no-ticket-2' denied request"),
    /found HTTP 403 on a dry run that ecr-anywhere-no-ticket must deny/,
  ],
  ['a right is missing', answer(403, 'cannot patch'), /RBAC/],
]
for (const [about, found, why] of unprovoked) {
  t.test(`a policy may not be in force yet if ${about}`, async t => {
    t.match(provocationProblem(found, 'ecr-anywhere-no-ticket'), { kind: 'transient', why })
  })
}
