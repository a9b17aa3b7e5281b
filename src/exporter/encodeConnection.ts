import type { ConnectionDetails } from '../records.js';
import { WIRE_FIELDS } from '../tags/index.js';
import { closedList, group, groupOpenedBy, listed, openings, plain, start, text } from './jsonMembers.js';

/** `auth_type` of a connection. */
export function authType(connection: ConnectionDetails): string {
  return listed(AUTH_TYPE, connection.authType);
}

/** `system_configuration` and `driver_connection_params` of a connection. */
export function connectionGroups(connection: ConnectionDetails): string {
  return (
    groupOpenedBy(DRIVER_NAME, connection.driverName, SYSTEM_CONFIGURATION, restOfSystem(connection)) +
    group(CONNECTION_PARAMETERS, connectionParameters(connection))
  );
}

function restOfSystem(connection: ConnectionDetails): string {
  return (
    text(DRIVER_VERSION, connection.driverVersion) +
    listed(RUNTIME_NAME, connection.runtimeName) +
    text(RUNTIME_VERSION, connection.runtimeVersion) +
    listed(RUNTIME_VENDOR, connection.runtimeVendor) +
    listed(OS_NAME, connection.osName) +
    text(OS_VERSION, connection.osVersion) +
    listed(OS_ARCH, connection.osArch) +
    text(LOCALE_NAME, connection.localeName) +
    listed(CHAR_SET_ENCODING, connection.charSetEncoding)
  );
}

function connectionParameters(connection: ConnectionDetails): string {
  return (
    text(HTTP_PATH, connection.httpPath) +
    listed(MODE, connection.mode) +
    listed(AUTH_MECH, connection.authMech) +
    listed(AUTH_FLOW, connection.authFlow) +
    plain(USE_PROXY, connection.useProxy) +
    plain(ENABLE_ARROW, connection.enableArrow) +
    plain(ENABLE_DIRECT_RESULTS, connection.enableDirectResults) +
    plain(ENABLE_METRIC_VIEW_METADATA, connection.enableMetricViewMetadata) +
    plain(SOCKET_TIMEOUT, connection.socketTimeoutS) +
    plain(ASYNC_POLL_INTERVAL, connection.asyncPollIntervalMs)
  );
}

const AUTH_TYPE = closedList('auth_type', WIRE_FIELDS.auth_type.values);

const SYSTEM_CONFIGURATION = start('system_configuration');
const DRIVER_NAME = openings(
  'system_configuration',
  'driver_name',
  WIRE_FIELDS['system_configuration.driver_name'].values,
);
const DRIVER_VERSION = start('driver_version');
const RUNTIME_NAME = closedList('runtime_name', WIRE_FIELDS['system_configuration.runtime_name'].values);
const RUNTIME_VERSION = start('runtime_version');
const RUNTIME_VENDOR = closedList(
  'runtime_vendor',
  WIRE_FIELDS['system_configuration.runtime_vendor'].values,
);
const OS_NAME = closedList('os_name', WIRE_FIELDS['system_configuration.os_name'].values);
const OS_VERSION = start('os_version');
const OS_ARCH = closedList('os_arch', WIRE_FIELDS['system_configuration.os_arch'].values);
const LOCALE_NAME = start('locale_name');
const CHAR_SET_ENCODING = closedList(
  'char_set_encoding',
  WIRE_FIELDS['system_configuration.char_set_encoding'].values,
);

const CONNECTION_PARAMETERS = start('driver_connection_params');
const HTTP_PATH = start('http_path');
const MODE = closedList('mode', WIRE_FIELDS['driver_connection_params.mode'].values);
const AUTH_MECH = closedList('auth_mech', WIRE_FIELDS['driver_connection_params.auth_mech'].values);
const AUTH_FLOW = closedList('auth_flow', WIRE_FIELDS['driver_connection_params.auth_flow'].values);
const USE_PROXY = start('use_proxy');
const ENABLE_ARROW = start('enable_arrow');
const ENABLE_DIRECT_RESULTS = start('enable_direct_results');
const ENABLE_METRIC_VIEW_METADATA = start('enable_metric_view_metadata');
const SOCKET_TIMEOUT = start('socket_timeout');
const ASYNC_POLL_INTERVAL = start('async_poll_interval_millis');
