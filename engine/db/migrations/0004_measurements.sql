CREATE TABLE `measurements` (
	`stream` text NOT NULL,
	`run` integer NOT NULL,
	`metric` text NOT NULL,
	`subject` text NOT NULL,
	`number` integer NOT NULL,
	`at` integer NOT NULL,
	`grade` text,
	`value` real,
	`message` text DEFAULT '' NOT NULL,
	`successes` integer NOT NULL,
	`failures` integer NOT NULL,
	`inconclusive` integer NOT NULL,
	`errors` integer NOT NULL,
	`consecutive_errors` integer NOT NULL,
	PRIMARY KEY(`stream`, `run`, `metric`, `subject`, `number`)
);
--> statement-breakpoint
CREATE INDEX `measurements_at` ON `measurements` (`at`);