CREATE TABLE `health_run_blocks` (
	`id` integer PRIMARY KEY NOT NULL,
	`entries` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `health_runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`stream` integer NOT NULL,
	`tier` integer NOT NULL,
	`bits` integer NOT NULL,
	`entries` integer DEFAULT 0 NOT NULL,
	`state` text NOT NULL,
	`filter` blob
);
--> statement-breakpoint
CREATE INDEX `health_runs_state` ON `health_runs` (`state`,`kind`,`stream`,`tier`);