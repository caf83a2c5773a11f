ALTER TABLE `requests` ADD `request` text;--> statement-breakpoint
ALTER TABLE `requests` ADD `digest` text;