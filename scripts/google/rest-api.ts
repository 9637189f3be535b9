import type { IncomingMessage } from 'node:http'
import { type Answer, type Handler, readBody, send } from '../aws/exchange.ts'
import type { AccessTokens, Grant } from './access-tokens.ts'
import { type Accounts, may } from './accounts.ts'
import { type Api, apis } from './apis.ts'
import { type ArtifactRegistryWorld, artifactRegistry } from './artifact-registry.ts'
import { findGrant } from './find-grant.ts'
import { errorAnswer, GoogleError, restAnswer } from './google-error.ts'
import { type IamCredentialsWorld, iamCredentials } from './iam-credentials.ts'
import type { Project, Projects } from './projects.ts'
import { insufficientScopes, permissionDenied, serviceDisabled, unauthenticated, unknownProject } from './refusals.ts'
import { restFault } from './rest-fault.ts'
import { matchPath, type RestMethod, type RestMethods } from './rest-method.ts'
import { type SecretManagerWorld, secretManager } from './secret-manager.ts'
import { type ServeWorld, serve } from './serve.ts'

export interface RestWorld extends ServeWorld, SecretManagerWorld, ArtifactRegistryWorld, IamCredentialsWorld {
  accounts: Accounts
  projects: Projects
  tokens: AccessTokens
  nowMs: () => number
}

/** What a request asks for, before anybody looked at who asks. */
interface Asked {
  api: Api
  name: string
  method: RestMethod<RestWorld>
  params: Record<string, string>
  /** `projects/p/secrets/s`, as it was asked for. */
  resource: string
}

const methods = [
  ...named('secretmanager', secretManager),
  ...named('artifactregistry', artifactRegistry),
  ...named('iamcredentials', iamCredentials),
]

/** Serves the REST APIs of Google, all at one address: their paths do not collide. */
export function restApi(world: RestWorld): Handler {
  return async (request, response) => {
    const { pathname, search, searchParams: query } = new URL(request.url ?? '/', 'http://googleapis.com')
    const body = (await readBody(request)).toString()
    const path = decodeURIComponent(pathname)
    const asked = findMethod(request.method ?? '', path)
    if (!asked) return send(response, nothingHere(pathname))
    const nowMs = world.nowMs()
    const { api, name, method, params } = asked
    const grant = findGrant(world, { token: bearer(request), service: apis[api].service })
    const known = grant && grant.expiresAtMs > nowMs ? grant : undefined
    await serve(response, world, {
      call: {
        api,
        method: name,
        http: method.http,
        path,
        query: decodeURIComponent(search.slice(1)),
        ...(known && { account: known.email }),
        at: new Date(nowMs).toISOString(),
      },
      produce: () =>
        answering(async () => {
          authenticate(asked, { request, grant, nowMs })
          const project = authorize(world, asked, grant)
          return method.answer(world, { project, params, query, body, nowMs })
        }),
      refuse: (refusal, retrySeconds) =>
        errorAnswer(restFault(refusal, { ...asked, projectNumber: projectOf(world, asked)?.number ?? '0', retrySeconds })),
    })
  }
}

async function answering(produce: () => Promise<object>): Promise<Answer> {
  try {
    return restAnswer(200, await produce())
  } catch (error) {
    if (error instanceof GoogleError) return errorAnswer(error)
    throw error
  }
}

function named(api: Api, ofApi: RestMethods<RestWorld>): Pick<Asked, 'api' | 'name' | 'method'>[] {
  return Object.entries(ofApi).map(([name, method]) => ({ api, name, method }))
}

function findMethod(http: string, path: string): Asked | undefined {
  for (const { api, name, method } of methods) {
    const params = method.http === http ? matchPath(method.path, path) : undefined
    if (params) return { api, name, method, params, resource: path.replace(/^\/v1\/|:\w+$/g, '').replace(/\/versions$/, '') }
  }
  return undefined
}

interface Caller {
  request: IncomingMessage
  grant: Grant | undefined
  nowMs: number
}

/** @throws GoogleError UNAUTHENTICATED, or PERMISSION_DENIED for a token of other scopes */
function authenticate({ api, name: method }: Asked, { request, grant, nowMs }: Caller): void {
  if (bearer(request) === '') throw unauthenticated('CREDENTIALS_MISSING', { api, method })
  if (!grant) throw unauthenticated('ACCESS_TOKEN_TYPE_UNSUPPORTED', { api, method })
  if (grant.expiresAtMs <= nowMs) throw unauthenticated('ACCESS_TOKEN_EXPIRED', { api, method })
  if (!apis[api].scopes.some(scope => grant.scopes.includes(scope))) throw insufficientScopes({ api, method })
}

/** @returns the project of the resource. @throws GoogleError PERMISSION_DENIED */
function authorize(world: RestWorld, asked: Asked, grant: Grant | undefined): Project {
  const { api, method, resource } = asked
  const project = projectOf(world, asked)
  if (!project) throw unknownProject(api, asked.params.project ?? '')
  if (project.disabledApis?.includes(api)) throw serviceDisabled(api, project.number)
  const account = world.accounts.find(grant?.email ?? '')
  const { permission } = method
  if (!account || !may(account, permission)) throw permissionDenied(api, { permission, resource })
  return project
}

/** A service account's email names its project. The other accounts that are asked for are in the first project. */
function projectOf({ projects }: RestWorld, { params }: Asked): Project | undefined {
  const { project, account = '' } = params
  if (project !== undefined) return projects.find(project)
  const [, id = ''] = /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(account) ?? []
  return projects.find(id) ?? projects.all[0]
}

function bearer({ headers }: IncomingMessage): string {
  return /^Bearer (?<token>\S+)$/i.exec(headers.authorization ?? '')?.groups?.token ?? ''
}

/** Where there is no method, Google answers with a page, not with JSON. */
function nothingHere(path: string): Answer {
  const shown = path.replace(/[<>&"']/g, character => `&#${character.charCodeAt(0)};`)
  const body = `<!DOCTYPE html>\n<html lang=en>\n  <title>Error 404 (Not Found)!!1</title>\n  <p>The requested URL <code>${shown}</code> was not found on this server.\n`
  return { status: 404, headers: { 'Content-Type': 'text/html; charset=UTF-8' }, body }
}
