<?php
// Files are sent as they are, all else is WordPress' to answer; without this, PHP's own server
// takes an address with a dot for a missing file.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = $_SERVER['DOCUMENT_ROOT'] . rawurldecode($path);
if (is_file($file) || is_file(rtrim($file, '/') . '/index.php') && $path !== '/') {
    return false;
}
$_SERVER['SCRIPT_NAME'] = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
