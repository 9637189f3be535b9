import { namespacedName } from '@ecr-anywhere/shared/kube/namespaced-name.ts'
import { defaultTenant, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import { failed, ok } from '../../findings/finding.ts'
import type { Check } from '../check.ts'
import { counted, named } from '../named.ts'

/** Labels: which namespaces are enabled, and which Secrets are managed. */
export const namespaceChecks: readonly Check[] = [
  {
    id: 'namespace-tenants',
    title: 'each enabled namespace names a tenant that exists',
    run: async ({ namespaces, admission }) => {
      const { enabled } = await namespaces()
      const { tenants } = (await admission()).expected
      const known = [enabledValue, defaultTenant, ...tenants]
      const [first, ...others] = enabled.filter(({ value }) => !known.includes(value))
      if (first === undefined) return ok(counted(enabled.length, 'namespace'))
      return failed(
        `the label ${labels.namespace}=${first.value} on namespace ${first.name}${others.length === 0 ? '' : ` (and ${others.length} more such labels)`}`,
        `one of ${named([enabledValue, ...tenants])}`,
        `kubectl label namespace ${first.name} ${labels.namespace}=enabled --overwrite, or add the tenant to the values of the chart`,
      )
    },
  },
  {
    id: 'secrets-not-enabled',
    title: 'no managed Secret is in a namespace that is not enabled',
    run: async ({ namespaces, secrets }) => {
      const enabled = new Set((await namespaces()).enabled.map(({ name }) => name))
      const outside = (await secrets()).managed.filter(({ namespace }) => !enabled.has(namespace))
      const [first] = outside
      if (first === undefined) return ok('all are in enabled namespaces')
      return failed(
        `${counted(outside.length, 'managed Secret')} in namespaces that are not enabled, which nobody renews: ${named(outside.map(namespacedName))}`,
        `the label ${labels.namespace} on their namespaces`,
        `kubectl label namespace ${first.namespace} ${labels.namespace}=enabled, or remove the label ${labels.managed} of the Secrets`,
      )
    },
  },
  {
    id: 'namespaces-without-secret',
    title: 'each enabled namespace with pods from ECR has a managed Secret',
    run: async ({ namespaces, secrets, pods }) => {
      const [{ enabled }, { managed }, { ecrNamespaces }] = await Promise.all([namespaces(), secrets(), pods()])
      const served = new Set(managed.map(({ namespace }) => namespace))
      const lacking = enabled.map(({ name }) => name).filter(name => ecrNamespaces.has(name) && !served.has(name))
      if (lacking.length === 0) return ok('none lacks one')
      return failed(
        `no managed Secret in ${named(lacking)}, whose pods have images in ECR`,
        'a managed Secret, and a ServiceAccount that names it',
        `kubectl apply -n ${lacking[0]} -f deploy/examples/serviceaccount.yaml`,
      )
    },
  },
  {
    id: 'label-spelling',
    title: 'the label of managed Secrets has the value true',
    run: async ({ secrets }) => {
      const { misspelt } = await secrets()
      const [first] = misspelt
      if (first === undefined) return ok('no other value')
      return failed(
        `the label ${labels.managed}=${first.value} on ${named(misspelt.map(namespacedName))}, which has no effect`,
        'the value true, in lower case',
        `kubectl label secret -n ${first.namespace} ${first.name} ${labels.managed}=true --overwrite`,
      )
    },
  },
  {
    id: 'unmanaged-namesake',
    title: 'no Secret with the name of a managed one lacks the label',
    run: async ({ namespaces, secrets }) => {
      const enabled = new Set((await namespaces()).enabled.map(({ name }) => name))
      const { managed, unmanaged } = await secrets()
      const names = new Set(managed.map(({ name }) => name))
      const found = unmanaged.filter(({ namespace, name }) => enabled.has(namespace) && names.has(name))
      const [first] = found
      if (first === undefined) return ok('none')
      return failed(
        `${named(found.map(namespacedName))} without the label, although Secrets of the same name are managed elsewhere`,
        `the label ${labels.managed}=true, without which nobody renews it`,
        `kubectl label secret -n ${first.namespace} ${first.name} ${labels.managed}=true`,
      )
    },
  },
]
