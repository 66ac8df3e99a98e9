<?php
// A WordPress on loopback that asks nobody, mails nobody and changes nothing of itself.
define('DB_NAME', 'wordpress');
define('DB_USER', '');
define('DB_PASSWORD', '');
define('DB_HOST', '');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define($name . '_KEY', 'a test is no secret');
    define($name . '_SALT', 'a test is no secret');
}
define('WP_HOME', getenv('TEST_SITE_URL'));
define('WP_SITEURL', getenv('TEST_SITE_URL'));
define('WP_ENVIRONMENT_TYPE', 'local'); // lets passwords of applications travel without TLS
define('WP_DEBUG', false);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
