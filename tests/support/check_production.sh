#!/bin/sh
# Django's deployment checks with settings as a clinic would give them; then unsafe settings must refuse to start.
set -eu
python=.venv/bin/python
safe() {
  env DEMONSTRATION=0 DEBUG=0 SECRET_KEY="$($python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    ALLOWED_HOSTS=clinic.example.org PUBLIC_URL=https://clinic.example.org \
    FIELD_KEYS="k1=$($python -c 'import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="))')=" \
    BLIND_INDEX_KEY="$($python -c 'import secrets; print(secrets.token_urlsafe(40))')" \
    CLINIC_NAME="Clinic under check" CLINIC_SHORT_NAME="Clinic" CLINIC_ORGANIZATION="Center under check" CLINIC_PHONE="734-200-1000" \
    CLINIC_ADDRESS="1 Example Street" CLINIC_TIME_ZONE="America/Detroit" CLINIC_TTY=711 NURSE_LINE_PHONE="734-200-1001" \
    NURSE_LINE_HOURS="Mon-Fri 08:00-17:00" ON_CALL_PHYSICIAN_PHONE="734-200-1002" DEFAULT_FROM_EMAIL="clinic@clinic.example.org" "$@"
}
safe $python manage.py check --deploy --fail-level WARNING
for unsafe in SECRET_KEY=short DEBUG=1 ALLOWED_HOSTS='*' NURSE_LINE_PHONE= NURSE_LINE_PHONE=202-555-0110 STAFF_MFA_REQUIRED=0 FIELD_KEYS= UPLOAD_FOLDER="$PWD/static-built/files" \
  SMS_BACKEND=clinic.messages.texts.backends.GatewayBackend SMS_BACKEND=clinic.messages.texts.backends.FileBackend SMS_GATEWAY_TOKEN=given; do
  if safe env "$unsafe" $python manage.py check >/dev/null 2>&1; then
    echo "Production started with $unsafe: it must refuse."
    exit 1
  fi
done
echo "Production settings: the safe ones start, the unsafe ones refuse."
