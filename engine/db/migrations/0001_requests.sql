CREATE TABLE `requests` (
	`key` text PRIMARY KEY NOT NULL,
	`apartment` text NOT NULL,
	`environment` text NOT NULL,
	`revision` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `requests_at` ON `requests` (`at`);