// The actions of Amazon ECS (API 2014-11-13) that Sallyport calls, and those that a task calls for itself.
import { describe_services, update_service } from './ecs_services.mjs';
import { describe_tasks, list_tasks, run_task, stop_task, update_task_protection } from './ecs_tasks.mjs';

/** @typedef {import('./types.d.ts').Parameters} Parameters */
/** @typedef {import('./types.d.ts').Principal} Principal */
/** @typedef {import('./types.d.ts').World} World */

/** @type {Record<string, (world: World, session: Principal, parameters: Parameters) => Promise<object>>} */
export const ecs_actions = {
  RunTask: run_task,
  DescribeTasks: describe_tasks,
  ListTasks: list_tasks,
  StopTask: stop_task,
  UpdateTaskProtection: update_task_protection,
  UpdateService: update_service,
  DescribeServices: describe_services,
};
