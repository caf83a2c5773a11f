CREATE TABLE `deploy_locks` (
	`apartment` text NOT NULL,
	`environment` text NOT NULL,
	`id` text NOT NULL,
	`holder` text NOT NULL,
	`purpose` text NOT NULL,
	`since` integer NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`apartment`, `environment`)
);
--> statement-breakpoint
CREATE TABLE `releases` (
	`apartment` text NOT NULL,
	`version` text NOT NULL,
	`digest` text NOT NULL,
	`release` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`apartment`, `version`)
);
