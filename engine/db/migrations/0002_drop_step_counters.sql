DROP TABLE `health_counters`;--> statement-breakpoint
DROP TABLE `health_seen`;