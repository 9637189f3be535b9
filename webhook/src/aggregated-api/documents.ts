import { apiGroup } from '@ecr-anywhere/shared/names.ts'

const version = 'v1'
const groupVersion = `${apiGroup}/${version}`
const apiPath = `/apis/${groupVersion}`

/** The path of the reviews of a tenant, as a route of Fastify. */
export const injectRoute = `${apiPath}/inject/:tenant`

/** Not empty, because clients treat an empty list as an error. Not namespaced, so that the deletion of a namespace does not list its objects. */
const resources = [
  {
    name: 'inject',
    singularName: 'inject',
    namespaced: false,
    group: 'admission.k8s.io',
    version: 'v1',
    kind: 'AdmissionReview',
    verbs: ['create'],
  },
]

const group = {
  name: apiGroup,
  versions: [{ groupVersion, version }],
  preferredVersion: { groupVersion, version },
}

const info = { title: 'ECR Anywhere: admission of Secrets', version }

const operation = {
  post: {
    operationId: 'createInject',
    description: 'Answers a review of a Secret. Only the API server itself may call it.',
    responses: { 200: { description: 'The review with its response.' } },
  },
}
const tenant = { name: 'tenant', in: 'path', required: true }
const openApiPath = `${apiPath}/inject/{tenant}`

/**
 * What the aggregator of the API server asks an aggregated API for, by path. It contains nothing about this installation, so every client may
 * read it: the aggregator's own requests have no common identity.
 * https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
 */
export const documents: Readonly<Record<string, object>> = {
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] },
  [`/apis/${apiGroup}`]: { kind: 'APIGroup', apiVersion: 'v1', ...group },
  [apiPath]: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources },
  '/openapi/v2': {
    swagger: '2.0',
    info,
    paths: { [openApiPath]: { parameters: [{ ...tenant, type: 'string' }], ...operation } },
  },
  '/openapi/v3': { paths: { [apiPath.slice(1)]: { serverRelativeURL: `/openapi/v3${apiPath}` } } },
  [`/openapi/v3${apiPath}`]: {
    openapi: '3.0.0',
    info,
    paths: { [openApiPath]: { parameters: [{ ...tenant, schema: { type: 'string' } }], ...operation } },
  },
}
