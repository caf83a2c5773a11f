CREATE TABLE `health_batches` (
	`key` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `health_batches_at` ON `health_batches` (`at`);--> statement-breakpoint
CREATE TABLE `health_deltas` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`stream` integer NOT NULL,
	`deltas` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `health_mark_log` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`marks` text NOT NULL,
	`networks` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `health_marks` (
	`stream` integer NOT NULL,
	`visitor` text NOT NULL,
	`first` integer NOT NULL,
	`flags` integer NOT NULL,
	`seen` text NOT NULL,
	PRIMARY KEY(`stream`, `visitor`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `health_minutes` (
	`stream` integer NOT NULL,
	`arm` text NOT NULL,
	`width` integer NOT NULL,
	`at` integer NOT NULL,
	`exposures` integer DEFAULT 0 NOT NULL,
	`visitors` integer DEFAULT 0 NOT NULL,
	`loaded` integer DEFAULT 0 NOT NULL,
	`load_failures` integer DEFAULT 0 NOT NULL,
	`failed_visitors` integer DEFAULT 0 NOT NULL,
	`latency_count` integer DEFAULT 0 NOT NULL,
	`latency_sum_ms` real DEFAULT 0 NOT NULL,
	`feedback_count` integer DEFAULT 0 NOT NULL,
	`feedback_sum` real DEFAULT 0 NOT NULL,
	`goals` integer DEFAULT 0 NOT NULL,
	`goal_sum` real DEFAULT 0 NOT NULL,
	PRIMARY KEY(`stream`, `width`, `at`, `arm`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `health_networks` (
	`stream` integer NOT NULL,
	`arm` integer NOT NULL,
	`network` text NOT NULL,
	`exposed` integer NOT NULL,
	`failed` integer NOT NULL,
	PRIMARY KEY(`stream`, `arm`, `network`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `health_states` (
	`stream` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`state` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `health_streams` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`apartment` text NOT NULL,
	`environment` text NOT NULL,
	`rollout` text NOT NULL,
	`arms` text DEFAULT '[]' NOT NULL,
	`segments` text DEFAULT '[]' NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `health_streams_once` ON `health_streams` (`apartment`,`environment`,`rollout`);