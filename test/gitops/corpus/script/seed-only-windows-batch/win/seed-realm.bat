@echo off
rem  OVERWRITE was the default here until 2023:
rem  call C:\keycloak\bin\kc.bat import --file %1 --override=true
setlocal
set "KC_OVERRIDE=false"
set KC_DB=mssql
pushd C:\keycloak\bin
call kc.bat import --file "%~1"
if errorlevel 1 (
    echo import failed
    exit /b 1
)
popd
endlocal
