// The generated Go client, driven against a daemon: lists integrations, saves a PAT, creates a branch.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	"check/api"
)

type scene struct {
	API          string `json:"api"`
	Project      string `json:"project"`
	Integrations []struct {
		ID              string `json:"id"`
		Repository      string `json:"repository"`
		DefaultBranch   string `json:"default_branch"`
		UserCredentials map[string]struct {
			Fields map[string]string `json:"fields"`
		} `json:"user_credentials"`
	} `json:"integrations"`
}

func main() {
	text, err := os.ReadFile(os.Getenv("API_CHECK_ENV"))
	if err != nil {
		log.Fatal(err)
	}
	var env scene
	if err := json.Unmarshal(text, &env); err != nil {
		log.Fatal(err)
	}
	of, user, tokens := env.Integrations[0], os.Args[1], os.Args[2:]
	configuration := api.NewConfiguration()
	configuration.Servers = api.ServerConfigurations{{URL: env.API}}
	client := api.NewAPIClient(configuration)
	// A token is good for one change.
	next := func() context.Context {
		token := tokens[0]
		tokens = tokens[1:]
		return context.WithValue(context.Background(), api.ContextAccessToken, token)
	}

	listed, answer, err := client.IntegrationsAPI.ListIntegrations(next()).Project(env.Project).Execute()
	expect(answer, err)
	isThere := false
	for _, integration := range listed.GetIntegrations() {
		isThere = isThere || integration.GetId() == of.ID
	}
	check(isThere, "the integration is not listed")

	pat := api.NewSavePatBody(of.UserCredentials[user].Fields)
	pat.SetProject(env.Project)
	saved, answer, err := client.PATAPI.SavePat(next(), of.ID).SavePatBody(*pat).Execute()
	expect(answer, err)
	check(saved.GetState() == "valid", saved.GetState())

	branch := api.NewNewBranchBody(of.DefaultBranch, "feature/ABC-1-go")
	branch.SetProject(env.Project)
	made, answer, err := client.BranchesAPI.CreateBranch(next(), of.ID, of.Repository).NewBranchBody(*branch).Execute()
	expect(answer, err)
	receipt := made.GetReceipt()
	check(receipt.GetActedAs() == "user", receipt.GetActedAs())
	fmt.Println("the Go client: 3 steps passed")
}

func expect(answer *http.Response, err error) {
	if problem, ok := err.(*api.GenericOpenAPIError); ok {
		log.Fatalf("%s: %s", problem.Error(), problem.Body())
	}
	if err != nil {
		log.Fatal(err, answer)
	}
}

func check(is bool, what string) {
	if !is {
		log.Fatal(what)
	}
}
