CREATE TABLE `unit_outbox` (
	`apartment` text NOT NULL,
	`name` text NOT NULL,
	`version` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`not_before` integer DEFAULT 0 NOT NULL,
	`done_at` integer,
	`last_error` text,
	PRIMARY KEY(`apartment`, `name`, `version`)
);
--> statement-breakpoint
CREATE INDEX `unit_outbox_pending` ON `unit_outbox` (`done_at`,`not_before`);--> statement-breakpoint
ALTER TABLE `units` ADD `expires_at` integer;--> statement-breakpoint
ALTER TABLE `units` ADD `promotion` text;--> statement-breakpoint
ALTER TABLE `units` ADD `digest` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `units` ADD `expired_at` integer;--> statement-breakpoint
CREATE INDEX `units_newest` ON `units` (`apartment`,`published_at`,`name`,`version`);--> statement-breakpoint
CREATE INDEX `units_expiring` ON `units` (`expires_at`);