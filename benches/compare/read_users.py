"""What people would write first: walks every user of a tenant with `requests`, parses the answers, keeps nothing.

python read_users.py ORIGIN, where ORIGIN is the address of `linekeeper simulate`.
"""

import sys

import requests

PROPERTIES = (
    "id,userPrincipalName,mail,displayName,givenName,surname,city,state,country,postalCode,streetAddress,"
    "officeLocation,usageLocation,department,companyName,jobTitle,employeeId,employeeType,employeeOrgData,"
    "onPremisesExtensionAttributes,preferredLanguage,accountEnabled,userType,onPremisesSyncEnabled,createdDateTime,"
    "businessPhones,assignedLicenses,assignedPlans"
)


def main(origin: str) -> None:
    session = requests.Session()
    login = session.post(
        f"{origin}/00000000-0000-4000-8000-0000000000de/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": "bench",
            "client_secret": "bench",
            "scope": "https://graph.microsoft.com/.default",
        },
    )
    login.raise_for_status()
    session.headers["Authorization"] = "Bearer " + login.json()["access_token"]
    url = f"{origin}/v1.0/users/delta?$select={PROPERTIES}"
    users = 0
    while url:
        answer = session.get(url)
        answer.raise_for_status()
        page = answer.json()
        users += len(page["value"])
        url = page.get("@odata.nextLink")
    print(users)


main(sys.argv[1])
