import { createRoute } from '@hono/zod-openapi';
import { createRelease, listReleases, viewRelease } from '#engine/services/create-release.ts';
import { breakLock, viewLock } from '#engine/services/deploy-lock.ts';
import { deployRelease } from '#engine/services/deploy-release.ts';
import { viewReleaseFile } from '#engine/services/release-file.ts';
import { CreateReleaseRequest, DeployRequest, MoveResult, ReleaseList, ReleaseView } from '#schemas/api.ts';
import { Version } from '#schemas/common.ts';
import { Release, ReleaseFile } from '#schemas/release.ts';
import { DeployLock } from '#schemas/where.ts';
import { z } from '#schemas/zod.ts';
import { actorOf, mayRead, requires, requiresInApartment } from '../authorize.ts';
import { moveAnswer } from '../change-answer.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, ChangeHeaders, InApartment, InEnvironment, READ_PROBLEMS, body, json } from '../describe.ts';

const path = '/v1/apartments/{apartment}/releases';
const environment = '/v1/apartments/{apartment}/environments/{environment}';
const tags = ['releases'];

const list = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'List releases, newest first, with the environments that are on them',
  middleware: requiresInApartment('read'),
  request: { params: InApartment },
  responses: { 200: json(ReleaseList, 'The releases'), ...READ_PROBLEMS },
});

const create = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Make a release: units of several buildings under one version, and a dataset reference',
  description:
    'A version is written once. The same release again answers 200; the same version with other content is refused with 409, and both digests are told. Releases belong to every environment of the apartment, and so must the token.',
  middleware: requires('publish'),
  request: { params: InApartment, body: body(CreateReleaseRequest) },
  responses: { 201: json(Release, 'Made'), 200: json(Release, 'It was made before, exactly so'), ...CHANGE_PROBLEMS },
});

const view = createRoute({
  method: 'get',
  path: `${path}/{version}`,
  tags,
  summary: 'Show a release',
  middleware: requiresInApartment('read'),
  request: { params: InApartment.extend({ version: Version.meta({ param: { name: 'version', in: 'path' } }) }) },
  responses: { 200: json(ReleaseView, 'The release'), ...READ_PROBLEMS },
});

const deploy = createRoute({
  method: 'post',
  path: `${environment}/deploy`,
  tags,
  summary: 'Deploy a release: all of its units in one revision, or by one rollout',
  description:
    'Verifies that everything is there before anything moves, and holds the environment meanwhile: other changes are refused with 423, emergencies are not. Deploying what is there already changes nothing.',
  middleware: requires('operate'),
  request: { params: InEnvironment, headers: ChangeHeaders, body: body(DeployRequest) },
  responses: { 200: json(MoveResult, 'Deployed, or its rollout was started'), ...CHANGE_PROBLEMS },
});

const file = createRoute({
  method: 'get',
  path: `${environment}/release.json`,
  tags,
  summary: 'The release that the environment is on, and the units that it shows',
  middleware: requires('read'),
  request: { params: InEnvironment },
  responses: { 200: json(ReleaseFile, 'As the edge serves it beside the manifest'), ...READ_PROBLEMS },
});

const lock = createRoute({
  method: 'get',
  path: `${environment}/lock`,
  tags,
  summary: 'Who deploys to the environment now',
  middleware: requires('read'),
  request: { params: InEnvironment },
  responses: { 200: json(z.strictObject({ lock: DeployLock.nullable() }), 'The lock; null: nobody'), ...READ_PROBLEMS },
});

const unlock = createRoute({
  method: 'delete',
  path: `${environment}/lock`,
  tags,
  summary: 'End the lock of a deploy: if that still goes on, it is refused when it comes to move anything',
  middleware: requires('operate'),
  request: { params: InEnvironment },
  responses: { 204: { description: 'Nobody holds it any more' }, ...READ_PROBLEMS },
});

export const releases = createRouter()
  .openapi(list, async (c) => c.json({ releases: await listReleases(c.var.services, c.req.valid('param').apartment, mayRead(c)) }, 200))
  .openapi(create, async (c) => {
    const { apartment } = c.req.valid('param');
    const { created, release } = await createRelease(c.var.services, apartment, c.req.valid('json'), actorOf(c), mayRead(c));
    return created ? c.json(release, 201) : c.json(release, 200);
  })
  .openapi(view, async (c) => {
    const { apartment, version } = c.req.valid('param');
    return c.json(await viewRelease(c.var.services, apartment, version, mayRead(c)), 200);
  })
  .openapi(deploy, async (c) =>
    c.json(moveAnswer(c, await deployRelease(c.var.services, c.req.valid('param'), c.req.valid('json'), actorOf(c))), 200),
  )
  .openapi(file, async (c) => c.json(await viewReleaseFile(c.var.services, c.req.valid('param')), 200))
  .openapi(lock, async (c) => c.json({ lock: await viewLock(c.var.services, c.req.valid('param')) }, 200))
  .openapi(unlock, async (c) => {
    await breakLock(c.var.services, c.req.valid('param'));
    return c.body(null, 204);
  });
