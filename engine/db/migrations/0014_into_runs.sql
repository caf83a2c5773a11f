INSERT INTO `health_runs` (`id`, `kind`, `stream`, `tier`, `bits`, `entries`, `state`, `filter`)
SELECT `id`, 'marks', `stream`, `tier`, `bits`, `marks`, `state`, `filter` FROM `health_mark_runs`;
--> statement-breakpoint
INSERT INTO `health_run_blocks` (`id`, `entries`) SELECT `id`, `marks` FROM `health_mark_blocks`;
--> statement-breakpoint
INSERT INTO `health_mark_log` (`marks`, `networks`)
SELECT '[]', json_group_array(json_array(`stream`, `arm`, `network`, `exposed`, `failed`))
FROM (SELECT *, (row_number() OVER (ORDER BY `stream`, `arm`, `network`) - 1) / 1000 AS `part` FROM `health_networks`)
GROUP BY `part`;
--> statement-breakpoint
DROP TABLE `health_mark_blocks`;--> statement-breakpoint
DROP TABLE `health_mark_runs`;--> statement-breakpoint
DROP TABLE `health_networks`;