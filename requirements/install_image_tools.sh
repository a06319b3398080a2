#!/bin/sh
# Install the programs that make, serve and copy the images of the tests, and the browser that opens the page of `weigh`,
# where they are missing and apt-get is there.
# It never fails: what is missing after it is told by the tests that need it, which are skipped (and fail with CI=true).
set -u
packages=""
for package in buildah skopeo umoci podman docker-registry crun debootstrap chromium; do
    # debootstrap lies in sbin, which is not on everybody's PATH.
    PATH="$PATH:/usr/sbin:/sbin" command -v "$package" >/dev/null 2>&1 || packages="$packages $package"
done
[ -n "$packages" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Tests of images and of the page need$packages; there is no apt-get to install them with." >&2
    exit 0
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true >/dev/null 2>&1; then
        echo "Tests of images and of the page need$packages: sudo apt-get install --no-install-recommends$packages" >&2
        exit 0
    fi
    as_root="sudo -n"
fi
echo "Installing for tests of images and of the page:$packages" >&2
install="$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends"
# The lists may be missing, as in a container, or old. One that this system has no package of must not keep the rest away.
# shellcheck disable=SC2086  # the words are meant to be split
$as_root apt-get update -qq >/dev/null 2>&1
# shellcheck disable=SC2086
if ! $install $packages >/dev/null 2>&1; then
    for package in $packages; do
        $install "$package" >/dev/null 2>&1 || echo "$package could not be installed" >&2
    done
fi
exit 0
