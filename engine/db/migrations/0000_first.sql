CREATE TABLE `health_counters` (
	`stream` text NOT NULL,
	`step` integer NOT NULL,
	`arm` text NOT NULL,
	`minute` integer NOT NULL,
	`exposures` integer DEFAULT 0 NOT NULL,
	`visitors` integer DEFAULT 0 NOT NULL,
	`loaded` integer DEFAULT 0 NOT NULL,
	`load_failures` integer DEFAULT 0 NOT NULL,
	`failed_visitors` integer DEFAULT 0 NOT NULL,
	`latency_count` integer DEFAULT 0 NOT NULL,
	`latency_sum_ms` real DEFAULT 0 NOT NULL,
	`feedback_count` integer DEFAULT 0 NOT NULL,
	`feedback_sum` real DEFAULT 0 NOT NULL,
	PRIMARY KEY(`stream`, `step`, `arm`, `minute`)
);
--> statement-breakpoint
CREATE TABLE `health_seen` (
	`stream` text NOT NULL,
	`step` integer NOT NULL,
	`arm` text NOT NULL,
	`visitor` text NOT NULL,
	`kind` text NOT NULL,
	PRIMARY KEY(`stream`, `step`, `arm`, `visitor`, `kind`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`apartment` text NOT NULL,
	`environment` text NOT NULL,
	`revision` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`not_before` integer DEFAULT 0 NOT NULL,
	`done_at` integer,
	`last_error` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_once` ON `outbox` (`apartment`,`environment`,`revision`);--> statement-breakpoint
CREATE INDEX `outbox_pending` ON `outbox` (`done_at`,`not_before`);--> statement-breakpoint
CREATE TABLE `revisions` (
	`apartment` text NOT NULL,
	`environment` text NOT NULL,
	`number` integer NOT NULL,
	`parent_digest` text NOT NULL,
	`digest` text NOT NULL,
	`actor` text NOT NULL,
	`cause` text NOT NULL,
	`summary` text NOT NULL,
	`at` integer NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`apartment`, `environment`, `number`)
);
--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`secret_hash` text NOT NULL,
	`role` text NOT NULL,
	`apartment` text NOT NULL,
	`environment` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE TABLE `units` (
	`apartment` text NOT NULL,
	`name` text NOT NULL,
	`version` text NOT NULL,
	`building` text NOT NULL,
	`unit` text NOT NULL,
	`published_by` text NOT NULL,
	`published_at` integer NOT NULL,
	PRIMARY KEY(`apartment`, `name`, `version`)
);
