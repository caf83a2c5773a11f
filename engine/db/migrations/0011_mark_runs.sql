CREATE TABLE `health_mark_blocks` (
	`id` integer PRIMARY KEY NOT NULL,
	`marks` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `health_mark_runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`stream` integer NOT NULL,
	`tier` integer NOT NULL,
	`bits` integer NOT NULL,
	`marks` integer DEFAULT 0 NOT NULL,
	`state` text NOT NULL,
	`filter` blob
);
--> statement-breakpoint
CREATE INDEX `health_mark_runs_state` ON `health_mark_runs` (`state`,`stream`,`tier`);