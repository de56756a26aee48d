/** Applications of Nest for the tests, on the major that the project of the tests has, and on both platforms. */
import "reflect-metadata"
import type { Auth } from "@jotkit/auth"
import { authModule } from "@jotkit/auth/nest"
import { Controller, type INestApplication, Module, type Type } from "@nestjs/common"
import { NestFactory } from "@nestjs/core"
import { ExpressAdapter } from "@nestjs/platform-express"
import { FastifyAdapter } from "@nestjs/platform-fastify"

const ADAPTERS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() }

/** What Nest runs on. */
export type Platform = keyof typeof ADAPTERS

/** Decorators of a method, and those of its parameters. */
type Decorated = readonly [method: MethodDecorator[], parameters?: readonly ParameterDecorator[]]

/** Makes a controller of a class: decorators are functions, and need no syntax of their own. */
export function controller<T extends object>(
  type: Type<T>,
  methods: Partial<Record<keyof T & string, Decorated>>,
  decorators: ClassDecorator[] = [],
): void {
  Reflect.decorate([Controller(), ...decorators], type)
  for (const [name, decorated] of Object.entries<Decorated | undefined>(methods)) {
    const [method = [], parameters = []] = decorated ?? []
    Reflect.decorate(method, type.prototype, name, Object.getOwnPropertyDescriptor(type.prototype, name))
    for (const [index, parameter] of parameters.entries()) parameter(type.prototype, name, index)
  }
}

/** An application that does not listen yet. */
export async function createNest<User>(
  auth: Auth<User>,
  controllers: Type[],
  platform: Platform,
): Promise<INestApplication> {
  class Application {}
  Module({ imports: [authModule(auth)], controllers })(Application)
  return NestFactory.create(Application, ADAPTERS[platform](), { logger: false, abortOnError: false })
}

/** An application on a free port of loopback. */
export async function startNest<User>(auth: Auth<User>, controllers: Type[], platform: Platform) {
  const app = await createNest(auth, controllers, platform)
  await app.listen(0, "127.0.0.1")
  return { address: (await app.getUrl()).replace("[::1]", "127.0.0.1"), close: () => app.close() }
}
