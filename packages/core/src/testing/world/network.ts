import type { FetchLike } from '../../memory/fetch-net'
import { OmoError } from '../../issues'
import type { NetRequest, NetResponse } from '../../ports'
import { noFaults } from './faults'
import { strikes } from './stage'
import type { Stage } from './stage'

export type Outcome = NetResponse | OmoError

/** A server in the world: its memory dies with each crash, what it stored does not. */
export interface WorldServer {
  readonly up: boolean
  /** Dies now and starts again after `downMs`. */
  crash(downMs: number): void
}

/** One handling of a request by a server. */
export interface Exchange {
  readonly from: string
  readonly request: NetRequest
  /** As the server gave it, whether it arrived or not. */
  readonly response: NetResponse
  /** A repeat made by the network, not by the sender. */
  readonly repeat: boolean
}

/** Hears of a request as it leaves; the function it may return hears what came of it, when its sender does. */
export type SendListener = (from: string, request: NetRequest) => ((outcome: Outcome) => void) | void

export interface Network {
  send(from: string, request: NetRequest, offline: boolean, answer: (outcome: Outcome) => void): void
  /** Tells those who watch that a request leaves; call what it returns when the sender hears of the outcome. */
  leaves(from: string, request: NetRequest): (outcome: Outcome) => void
  /** Adds a server; `start` builds its memory anew from what it stored. */
  server(origin: string, start: () => FetchLike | Promise<FetchLike>): WorldServer
  onExchange(listener: (exchange: Exchange) => void): void
  onSend(listener: SendListener): void
  /** Starts what is down. */
  heal(): void
}

interface Server extends WorldServer {
  handle(from: string, request: NetRequest, repeat: boolean): Promise<Outcome | undefined>
  heal(): void
}

const captivePage: NetResponse = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  text: '<!doctype html><title>Free Wi-Fi</title><form action="/login">',
}

export function createNetwork(stage: Stage): Network {
  const { random, schedule } = stage
  const servers = new Map<string, Server>()
  const listeners: ((exchange: Exchange) => void)[] = []
  const watchers: SendListener[] = []

  const travel = (): number => 5 + random.below(80) + (strikes(stage, stage.faults.delay) ? random.below(30_000) : 0)

  function send(from: string, request: NetRequest, offline: boolean, answer: (outcome: Outcome) => void): void {
    const path = request.url.replace(/^https?:\/\/[^/]*/, '')
    let settled = false
    const finish = (outcome: Outcome): void => {
      if (settled) return
      settled = true
      stage.note(from, `<- ${path} ${outcome instanceof OmoError ? outcome.code : `${outcome.status} ${outcome.text.slice(0, 100)}`}`)
      answer(outcome)
    }
    const later = (ms: number, outcome: Outcome): void => void schedule.at(schedule.now + ms, () => finish(outcome))
    const { timeoutMs = 15_000 } = request
    stage.note(from, `-> ${request.method} ${path} ${(request.body || '').slice(0, 120)}`)
    later(timeoutMs, new OmoError('timeout', `no answer in ${timeoutMs} ms`))

    const server = servers.get(request.url.slice(0, request.url.length - path.length))
    if (offline || !server) return later(random.below(30), new OmoError('unavailable', 'no network'))
    if (strikes(stage, stage.faults.captive)) return later(travel(), captivePage)
    if (strikes(stage, stage.faults.dropRequest))
      return random.chance(0.5) ? later(random.below(200), new OmoError('unavailable', 'connection refused')) : undefined

    schedule.at(schedule.now + travel(), async () => {
      const outcome = await server.handle(from, request, false)
      if (outcome && !strikes(stage, stage.faults.dropResponse)) later(travel(), outcome)
    })
    if (strikes(stage, stage.faults.duplicate)) {
      schedule.at(schedule.now + travel() + random.below(60_000), async () => void (await server.handle(from, request, true)))
    }
  }

  function server(origin: string, start: () => FetchLike | Promise<FetchLike>): WorldServer {
    let app: FetchLike | undefined
    let starting = false
    const boot = async (): Promise<void> => {
      if (app || starting) return
      starting = true
      app = await start()
      starting = false
    }
    schedule.at(schedule.now, boot)

    /** In seconds or as a date, as RFC 9110 allows. */
    const retryAfter = (seconds: number): Record<string, string> => {
      const date = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toUTCString()
      return random.chance(0.5) ? { 'retry-after': String(seconds) } : { date: date(schedule.now), 'retry-after': date(schedule.now + seconds * 1000) }
    }

    const crash = (downMs: number): void => {
      stage.note(origin, 'crash')
      app = undefined
      schedule.at(schedule.now + downMs, () => {
        stage.note(origin, 'start')
        return boot()
      })
    }

    async function handle(from: string, request: NetRequest, repeat: boolean): Promise<Outcome | undefined> {
      const { faults } = stage
      if (!app) return new OmoError('unavailable', 'connection refused')
      if (strikes(stage, faults.status503)) return { status: 503, headers: {}, text: '' }
      if (strikes(stage, faults.status429)) return { status: 429, headers: retryAfter(random.between(1, 60)), text: '' }
      const fails = strikes(stage, faults.status500)
      if (fails && random.chance(0.5)) return { status: 500, headers: {}, text: 'oops' }
      const empty = strikes(stage, faults.empty)
      if (empty && random.chance(0.5)) return { status: 200, headers: {}, text: '' }
      const dies = strikes(stage, faults.serverCrash)
      if (dies && random.chance(0.5)) {
        crash(random.below(10_000))
        return undefined
      }
      const { method, headers = {}, body } = request
      const answer = await app(request.url, { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) })
      const found: Record<string, string> = {}
      answer.headers.forEach((value, name) => (found[name.toLowerCase()] = value))
      const response: NetResponse = { status: answer.status, headers: found, text: await answer.text() }
      stage.note(origin, `${method} from ${from}${repeat ? ' again' : ''}: ${response.status} ${response.text.slice(0, 120)}`)
      listeners.forEach((listener) => listener({ from, request, response, repeat }))
      if (dies) {
        crash(random.below(10_000))
        return undefined
      }
      if (fails) return { status: 500, headers: {}, text: 'oops' }
      if (empty) return { ...response, text: '' }
      if (strikes(stage, faults.halfBody)) return { ...response, text: response.text.slice(0, response.text.length >> 1) }
      return response
    }

    const made: Server = {
      get up() {
        return app !== undefined
      },
      crash,
      handle,
      heal: () => void schedule.at(schedule.now, boot),
    }
    servers.set(origin, made)
    return made
  }

  return {
    send,
    server,
    onExchange: (listener) => void listeners.push(listener),
    onSend: (listener) => void watchers.push(listener),
    leaves(from, request) {
      const hearers = watchers.map((watch) => watch(from, request))
      return (outcome) => hearers.forEach((hear) => hear && hear(outcome))
    },
    heal() {
      stage.faults = noFaults
      servers.forEach((one) => one.heal())
    },
  }
}
