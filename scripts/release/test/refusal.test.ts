import t from 'tap'
import { parseDestination } from '../destination.ts'
import { refusal } from '../refusal.ts'

t.test('the message for a denied push says what was found, what is expected and what to do', async t => {
  const to = parseDestination('registry.example/team')
  const text = refusal({
    reference: 'registry.example/team/ecr-anywhere:1',
    stderr: 'denied\n',
    to,
    loginFile: '/home/a/.docker/config.json',
  })
  t.match(text, 'found that registry.example did not accept registry.example/team/ecr-anywhere:1: denied;\nwanted a registry that')
  t.match(text, 'log in with `docker login registry.example` (the login is read from /home/a/.docker/config.json)')
  t.match(text, 'may write to registry.example/team/ecr-anywhere and registry.example/team/charts/ecr-anywhere')
})
