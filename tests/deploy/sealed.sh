# Runs a command as a container would: $1 is the only folder that can be written to; no rights, user 10001.
# Needs root, in a mount namespace of its own (unshare --mount). The user is one of a user namespace, so that
# what belongs to root can be read and nothing can be done to it.
set -eu
mount --bind "$1" "$1"
awk '{ print $5 }' /proc/self/mountinfo | sort -u | while read -r place; do
    case $place in
        "$1" | /proc* | /dev* | /sys*) ;;
        *) mount -o remount,bind,ro "$place" 2>/dev/null || true ;;
    esac
done
cd /
shift
exec unshare --user --map-user=10001 --map-group=10001 \
    setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
