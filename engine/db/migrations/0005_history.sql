CREATE TABLE `deliveries` (
	`apartment` text NOT NULL,
	`environment` text NOT NULL,
	`revision` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`apartment`, `environment`, `revision`)
);
--> statement-breakpoint
CREATE TABLE `shadow_outbox` (
	`apartment` text NOT NULL,
	`environment` text NOT NULL,
	`revision` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`not_before` integer DEFAULT 0 NOT NULL,
	`done_at` integer,
	`last_error` text,
	PRIMARY KEY(`apartment`, `environment`, `revision`)
);
--> statement-breakpoint
CREATE INDEX `shadow_pending` ON `shadow_outbox` (`done_at`,`not_before`);--> statement-breakpoint
CREATE TABLE `snapshots` (
	`apartment` text NOT NULL,
	`environment` text NOT NULL,
	`number` integer NOT NULL,
	`digest` text NOT NULL,
	`payload` blob NOT NULL,
	PRIMARY KEY(`apartment`, `environment`, `number`)
);
--> statement-breakpoint
INSERT INTO `deliveries` SELECT `apartment`, `environment`, `revision`, `done_at` FROM `outbox` WHERE `done_at` IS NOT NULL;--> statement-breakpoint
INSERT INTO `shadow_outbox` (`apartment`, `environment`, `revision`) SELECT `apartment`, `environment`, `number` FROM `revisions`;
