<?php
// Sets a WordPress up and prints, as JSON, a password of applications for a user of each role.
define('WP_INSTALLING', true);
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_false');
wp_install('Test Blog', 'admin', 'admin@blog.example', true, '', 'a test is no secret');
update_option('permalink_structure', '/%postname%/');
$passwords = [];
foreach (['admin', 'author', 'contributor'] as $name) {
    if ($name !== 'admin') {
        wp_insert_user([
            'user_login' => $name, 'user_pass' => 'a test is no secret',
            'user_email' => "$name@blog.example", 'role' => $name,
        ]);
    }
    $user = get_user_by('login', $name);
    $made = WP_Application_Passwords::create_new_application_password($user->ID, ['name' => 'tests']);
    $passwords[$name] = WP_Application_Passwords::chunk_password($made[0]);
}
flush_rewrite_rules();
echo json_encode($passwords);
