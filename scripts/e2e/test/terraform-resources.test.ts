import { fileURLToPath } from 'node:url'
import t from 'tap'
import { run } from '../../cluster/run.ts'
import { ensurePythonTool, pythonTools } from '../../python/packages.ts'
import { expression } from '../../terraform/configuration.ts'
import { blocksOf, type Hcl, parsedHcl } from '../../terraform/hcl.ts'
import { wrongReferences } from '../../terraform/references.ts'

/** The parts that need a provider, which no test can apply: they are parsed, and checkov reads them. */
const dir = fileURLToPath(new URL('../../../deploy/terraform', import.meta.url))
const [hcl2, checkov] = [await ensurePythonTool(pythonTools.hcl2), await ensurePythonTool(pythonTools.checkov)]
const skip = hcl2 === undefined && 'this machine has no Python with pip, by which the tools are installed'
const files: Record<string, Hcl> = hcl2 === undefined ? {} : await parsedHcl(dir, hcl2)
const resources = new Map(blocksOf(files, 'resource').map(({ file, name, content }) => [`${file.split('/').at(-2)} ${name}`, content]))

t.test('every variable and every output has a description', { skip }, async t => {
  const blocks = [...blocksOf(files, 'variable'), ...blocksOf(files, 'output')]
  t.ok(blocks.length > 100)
  for (const { file, name, content } of blocks) t.match(content.description, /^[A-Z].*\.$/, `${file} ${name}`)
})

t.test('every reference is declared, and every variable is used', { skip }, async t => t.strictSame(wrongReferences(files), []))

t.test('aws-role describes who may do what as the modules of policies do', { skip }, async t => {
  const variables = (module: string) =>
    new Map(
      blocksOf(files, 'variable').flatMap(({ file, name, content: { type, description } }) =>
        file.startsWith(`${module}/`) ? [[name, { type, description }] as const] : [],
      ),
    )
  const ofRole = variables('modules/aws-role')
  const policies = [...variables('policies/trust'), ...variables('policies/permissions')]
  const shared = policies.filter(([name]) => ofRole.has(name))
  t.equal(shared.length, 9)
  for (const [name, description] of shared) t.strictSame(ofRole.get(name), description, name)
})

t.test('each module states its versions, as ranges with an end', { skip }, async t => {
  const modules = new Set(Object.keys(files).map(path => path.split('/').slice(0, 2).join('/')))
  const stated = Object.entries(files).flatMap(([path, { terraform = [] }]) =>
    (terraform as Hcl[]).map(block => ({ module: path.split('/').slice(0, 2).join('/'), block })),
  )
  t.strictSame(new Set(stated.map(({ module }) => module)), modules)
  for (const { module, block } of stated) {
    t.equal(block.required_version, '>= 1.5', module)
    for (const provider of (block.required_providers ?? []) as Record<string, { version: string }>[])
      for (const [name, { version }] of Object.entries(provider)) t.match(version, /^>= \d+\.\d+, < \d+\.0$/, `${module} ${name}`)
  }
})

t.test('the remote repository has no credentials, and keeps those that gcp-sync writes', { skip }, async t => {
  const repository = resources.get('gcp-sync google_artifact_registry_repository.this')
  t.match(repository, {
    mode: 'REMOTE_REPOSITORY',
    lifecycle: [{ ignore_changes: [/remote_repository_config\[0\]\.upstream_credentials/] }],
    remote_repository_config: [{ disable_upstream_validation: true }],
  })
  t.notMatch(JSON.stringify(repository?.remote_repository_config), /credentials/)
})

t.test('the APIs of gcp-sync are enabled, and not disabled with it', { skip }, async t => {
  const locals = files['modules/gcp-sync/apis.tf']?.locals as Hcl[] | undefined
  const apis = ['artifactregistry', 'cloudscheduler', 'iam', 'iamcredentials', 'run', 'secretmanager']
  t.strictSame(
    [...String(locals?.[0]?.apis).matchAll(/([a-z]+)\.googleapis\.com/g)].map(([, api]) => api),
    apis,
  )
  t.match(resources.get('gcp-sync google_project_service.this'), { disable_on_destroy: false })
})

t.test('gcp-sync may change the versions of one secret and one repository, and nothing else', { skip }, async t => {
  t.strictSame(resources.get('gcp-sync google_project_iam_custom_role.sync')?.permissions, [
    'artifactregistry.repositories.get',
    'artifactregistry.repositories.update',
    'secretmanager.versions.add',
    'secretmanager.versions.destroy',
    'secretmanager.versions.get',
    'secretmanager.versions.list',
  ])
  const bindings = [...resources].filter(([name, content]) => name.startsWith('gcp-sync ') && 'role' in content && 'member' in content)
  t.strictSame(
    bindings.map(([name, { role }]) => [name, role]),
    [
      ['gcp-sync google_secret_manager_secret_iam_member.sync', expression('google_project_iam_custom_role.sync.id')],
      ['gcp-sync google_artifact_registry_repository_iam_member.sync', expression('google_project_iam_custom_role.sync.id')],
      ['gcp-sync google_service_account_iam_member.kubernetes', 'roles/iam.workloadIdentityUser'],
      ['gcp-sync google_cloud_run_v2_job_iam_member.scheduler', 'roles/run.invoker'],
      ['gcp-sync google_secret_manager_secret_iam_member.agent', 'roles/secretmanager.secretAccessor'],
    ],
  )
})

t.test('every policy of a resource is one that a module of policies renders', { skip }, async t => {
  const policies = [...resources].flatMap(([name, content]) =>
    Object.entries(content)
      .filter(([key]) => /policy$/.test(key))
      .map(([key, value]) => [`${name} ${key}`, value] as const),
  )
  t.equal(policies.length, 5)
  for (const [name, value] of policies)
    t.match(value, /module\.(?:trust|permissions|registry|repository|created_repository)\b.*\.policy/, name)
})

t.test('checkov finds nothing', { skip }, async t => {
  const args = ['-m', 'checkov.main', '-d', dir, '--framework', 'terraform', '--compact', '--skip-download', '-o', 'json']
  const { code, stdout, stderr } = await run('python3', args, {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', PYTHONPATH: checkov },
  })
  t.equal(code, 0, stderr)
  const { summary, results } = JSON.parse(stdout)
  t.strictSame(results.failed_checks, [])
  t.ok(summary.passed >= 15, `${summary.passed} checks passed`)
  t.equal(summary.parsing_errors, 0)
})
