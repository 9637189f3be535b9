import t from 'tap'
import { maxSessionPolicyLength, repositoryPattern, sessionPolicy } from '../src/session-policy.ts'

t.test('a session policy allows tokens, and pulls from the repositories of any account and region', async t => {
  t.strictSame(JSON.parse(sessionPolicy({ repositories: ['team-a/*', 'base'], partition: 'aws-cn', allowPublic: false })), {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
        Resource: ['arn:aws-cn:ecr:*:*:repository/team-a/*', 'arn:aws-cn:ecr:*:*:repository/base'],
      },
    ],
  })
})

t.test('tokens for ECR Public are allowed only if the tenant may have them', async t => {
  const { Statement } = JSON.parse(sessionPolicy({ repositories: ['a'], partition: 'aws', allowPublic: true }))
  t.strictSame(Statement[0].Action, ['ecr:GetAuthorizationToken', 'ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'])
})

t.test('twenty patterns of usual length are within the limit of AWS', async t => {
  const repositories = Array.from({ length: 20 }, (_, at) => `organization/team-${at}/*`)
  t.ok(sessionPolicy({ repositories, partition: 'aws', allowPublic: true }).length <= maxSessionPolicyLength)
})

t.test('a pattern of repositories has at least one character that is no star, and nothing that a policy interprets', async t => {
  for (const pattern of ['a', 'team-a/*', '*-cache', 'a.b_c/d', '*/app', '0']) t.match(pattern, repositoryPattern)
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM
  for (const pattern of ['', '*', '**', '/a', 'A', 'a?', 'a b', '${aws:username}', 'a:b', 'a"b', 'x'.repeat(257)])
    t.notMatch(pattern, repositoryPattern)
})
